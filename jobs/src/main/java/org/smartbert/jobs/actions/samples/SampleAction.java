package org.smartbert.jobs.actions.samples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.smartbert.jobs.actions.backbones.JarDownload;
import org.smartbert.jobs.actions.evaluation.NaiveBayes;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.io.LabelledRows;
import org.smartbert.jobs.io.OutputFolder;
import org.smartbert.jobs.io.TableLocation;
import org.smartbert.jobs.samples.DistinctTexts;
import org.smartbert.jobs.samples.Example;
import org.smartbert.jobs.samples.Part;
import org.smartbert.jobs.samples.Sample;

/**
 * Carries out a {@link SampleRequest}.
 *
 * @param jars where jars are from
 */
public record SampleAction(JobContext context, JarDownload jars) {
  /** The columns of a sample. */
  public static final StructType SCHEMA =
      StructType.fromDDL("id STRING, text STRING, label STRING, origin STRING");

  private static final LabelledRows COLUMNS = new LabelledRows("text", null, "label");

  /**
   * Downloads the jar, reads it, and writes a Parquet folder for each part and a README.
   *
   * @throws org.smartbert.model.InvalidInputException for an output that is not free, before any
   *     download, and for a jar that is not the one that the sample names
   * @throws org.smartbert.model.FailedRunException if the jar cannot be downloaded, or the output
   *     not be written
   */
  public SampleResult run(SampleRequest request) {
    SparkSession spark = context.spark();
    Sample sample = request.sample();
    String output = TableLocation.absolute(request.output(), spark);
    OutputFolder folder = new OutputFolder(output, context.hadoop());
    folder.requireFree();
    Sample.Contents contents = contents(sample);
    DistinctTexts distinct = DistinctTexts.of(contents.examples());
    return folder.write(
        writing -> {
          Map<Part, Integer> parts = write(distinct.examples(), writing);
          NaiveBayes.Result floor =
              NaiveBayes.trainedOn(COLUMNS, read(writing, Part.TRAIN))
                  .test(COLUMNS, read(writing, Part.TEST));
          SampleResult result =
              new SampleResult(
                  sample.description(),
                  output,
                  new SampleResult.Rows(parts, classes(distinct), leftOut(contents, distinct)),
                  floor);
          folder.writeText(writing, "README.md", SampleReadme.of(sample, result));
          folder.writeText(writing, "NOTICE", contents.notice() + "\n");
          return result;
        });
  }

  private Sample.Contents contents(Sample sample) {
    String name = sample.jar().toString();
    try (Progress shown = context.progress().start("Sample")) {
      Path scratch = Files.createTempDirectory("smartbert-sample-");
      try {
        Path jar = jars.copy(sample.jar(), scratch, shown);
        return sample.read(jar);
      } finally {
        FileUtil.fullyDelete(scratch.toFile());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The jar " + name + " could not be read", e);
    }
  }

  private Map<Part, Integer> write(List<Example> examples, String folder) {
    Map<Part, List<Row>> rows = new EnumMap<>(Part.class);
    for (Part part : Part.values()) {
      rows.put(part, new ArrayList<>());
    }
    for (Example example : examples) {
      rows.get(Part.of(example.unit()))
          .add(RowFactory.create(example.id(), example.text(), example.label(), example.origin()));
    }
    Map<Part, Integer> counts = new EnumMap<>(Part.class);
    rows.forEach(
        (part, ofPart) -> {
          context
              .spark()
              .createDataFrame(ofPart, SCHEMA)
              .coalesce(1)
              .write()
              .parquet(folder + "/" + part.fileName());
          counts.put(part, ofPart.size());
        });
    return counts;
  }

  private Dataset<Row> read(String folder, Part part) {
    return context.spark().read().schema(SCHEMA).parquet(folder + "/" + part.fileName());
  }

  private static int classes(DistinctTexts distinct) {
    return (int) distinct.examples().stream().map(Example::label).distinct().count();
  }

  private static List<Sample.LeftOut> leftOut(Sample.Contents contents, DistinctTexts distinct) {
    return Stream.concat(
            contents.leftOut().stream(),
            Stream.of(
                new Sample.LeftOut(distinct.repeated(), "another has the same text and label"),
                new Sample.LeftOut(
                    distinct.contradicting(), "their text stands with several labels")))
        .filter(reason -> reason.count() > 0)
        .toList();
  }
}
