package org.smartbert.jobs.demo;

import java.util.List;

/** The words that reviews are made of. */
final class Lexicon {
  /**
   * Something that is reviewed.
   *
   * @param name goes after "the"
   * @param aspects its parts and properties, after "the"
   */
  record Thing(String name, List<String> aspects) {}

  static final List<Thing> THINGS =
      List.of(
          new Thing(
              "film", words("plot,acting,script,camera work,soundtrack,ending,dialogue,cast")),
          new Thing("novel", words("story,prose,first chapter,heroine,translation,ending,style")),
          new Thing("phone", words("battery,screen,camera,speaker,keyboard,charger,signal,menu")),
          new Thing(
              "restaurant", words("soup,service,fish,dessert,wine list,waiter,bread,terrace")),
          new Thing("hotel", words("room,breakfast,view,pool,bed,reception,shower,garden,lobby")),
          new Thing("laptop", words("screen,fan,hinge,touchpad,processor,case,keyboard,webcam")),
          new Thing("concert", words("sound,singer,band,light show,hall,encore,drummer,choir")),
          new Thing("museum", words("exhibition,guide,audio tour,cafe,shop,building,collection")),
          new Thing("train ride", words("seat,timetable,conductor,dining car,window,ticket app")),
          new Thing("course", words("teacher,material,pace,exercises,forum,final exam,videos")));

  static final List<String> GOOD =
      words(
          "wonderful,excellent,delightful,superb,charming,impressive,brilliant,lovely,splendid,"
              + "fantastic,marvellous,outstanding,pleasant,great,perfect,beautiful,enjoyable,"
              + "memorable,remarkable,first-rate,terrific,admirable,fresh,clever,generous,"
              + "graceful,reliable,inspired,satisfying,polished");

  static final List<String> BAD =
      words(
          "awful,terrible,dreadful,disappointing,poor,dull,mediocre,horrible,annoying,boring,"
              + "shoddy,unpleasant,miserable,weak,clumsy,tedious,sloppy,lousy,bland,forgettable,"
              + "frustrating,useless,overpriced,tired,careless,pathetic,rude,broken,painful,cheap");

  static final List<String> LIKED =
      words("loved,enjoyed,adored,admired,liked,treasured,praised,appreciated");

  static final List<String> DISLIKED =
      words("hated,disliked,regretted,loathed,resented,despised,suffered through,endured");

  static final List<String> DEGREES =
      words("really,truly,simply,quite,rather,absolutely,honestly,just,thoroughly,plainly");

  static final List<String> WHEN =
      words("last week,on Sunday,in May,this spring,yesterday,on our trip,last winter,in June");

  private Lexicon() {}

  private static List<String> words(String separatedByCommas) {
    return List.of(separatedByCommas.split(",", -1));
  }
}
