package org.smartbert.jobs.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Failures of Java, Hadoop, Spark, Delta and libtorch that have a known cause and remedy. */
final class KnownFailures {
  private static final Pattern PATH = Pattern.compile("(?:[a-z0-9]+:)?/[^\\s,;()\"']+");
  private static final int LONGEST_NAME = 200;

  /** The first of these that matches one of the problems is reported. */
  private static final List<Rule> RULES =
      List.of(
          failed(
              p ->
                  p.says("No space left on device", "Disk quota exceeded")
                      || p.says("not enough space"),
              p ->
                  "There is no space left on a disk"
                      + at(p)
                      + "; free space there and where Spark's temporary files are"
                      + " (SPARK_LOCAL_DIRS, TMPDIR, else /tmp), then give the same command"
                      + " again."),
          failed(KnownFailures::isExecutorOutOfMemory, KnownFailures::executorMemory),
          failed(
              p -> p.simpleType().endsWith("OutOfMemoryError"),
              p ->
                  "The memory of a Java process is used up ("
                      + orType(p)
                      + "); give more: --driver-memory 4g where the driver or --master local runs"
                      + " out of it, --executor-memory 4g for executors."),
          failed(
              p -> p.says("DefaultCPUAllocator", "CUDA out of memory", "std::bad_alloc"),
              p ->
                  "libtorch has too little memory (it is outside Java's heap); run fewer tasks at"
                      + " once (--executor-cores, --master local[N]), smaller batches, or choose a"
                      + " machine with more."),
          failed(
              p -> p.says("spark.driver.maxResultSize"),
              p ->
                  withoutStop(p.message()) + "; raise it by --conf spark.driver.maxResultSize=4g."),
          wrongInput(
              p ->
                  p.is("AccessDeniedException", "AccessControlException")
                      || p.says("Permission denied", "Operation not permitted"),
              p ->
                  "There is no access"
                      + to(p)
                      + " ("
                      + withoutStop(shortened(orType(p)))
                      + "); request access, or choose another location."),
          wrongInput(
              p -> p.is("ReadOnlyFileSystemException") || p.says("Read-only file system"),
              p ->
                  "A read-only file system cannot be written"
                      + at(p)
                      + "; choose another location."),
          failed(
              p ->
                  (p.type().startsWith("io.delta.") || p.type().contains(".sql.delta."))
                      && (p.simpleType().contains("Concurrent")
                          || p.is("ProtocolChangedException", "MetadataChangedException")),
              p ->
                  "Another command changed the table at the same time; give the same command"
                      + " again."),
          wrongInput(
              p ->
                  (p.is("FileNotFoundException", "NoSuchFileException")
                          && !p.says("(Is a directory)", "(Not a directory)", "(Too many"))
                      || p.says("Input path does not exist", "Path does not exist"),
              p ->
                  "A file does not exist, or was removed while it was read"
                      + at(p)
                      + "; give the same command again, or correct the path."),
          wrongInput(
              p ->
                  p.is("ZipException")
                      || p.says("not a gzip file", "incorrect header check", "invalid stored block")
                      || (p.is("EOFException") && p.says("end of input stream", "end of ZLIB")),
              p ->
                  "A compressed file is damaged or has another format"
                      + at(p)
                      + " ("
                      + withoutStop(shortened(orType(p)))
                      + "); write it again."),
          wrongInput(
              p -> p.says("is not a Parquet file", "expected magic number at tail"),
              p -> "A file is not a Parquet file" + at(p) + "; take it out of the input."),
          wrongInput(
              p -> p.says("No FileSystem for scheme"),
              p ->
                  withoutStop(p.message())
                      + "; add its connector, for example --packages"
                      + " org.apache.hadoop:hadoop-aws:3.4.2 for s3a."),
          wrongInput(
              p -> p.is("ClassNotFoundException") || p.says("Failed to find the data source"),
              p ->
                  "The class "
                      + shortened(withoutStop(p.message()))
                      + " is in none of the jars; add its jar by --jars or --packages before the"
                      + " command."),
          wrongInput(
              p -> p.says("Could not parse Master URL"),
              p ->
                  withoutStop(p.message())
                      + "; give --master local[*], spark://HOST:7077, yarn or k8s://URL."),
          failed(
              p -> p.is("LoginException") || p.says("invalid null input: name"),
              p ->
                  "The user that runs the command has no name on this machine; add its number to"
                      + " /etc/passwd, or run as another user."),
          failed(
              p ->
                  p.says("Service 'sparkDriver' could not bind", "Cannot assign requested address"),
              p ->
                  "Spark cannot listen on this machine's address; set SPARK_LOCAL_IP to one that it"
                      + " has, for example 127.0.0.1 for local runs."),
          failed(
              p -> p.is("UnknownHostException"),
              p -> "The host " + shortened(withoutStop(p.message())) + " has no known address."),
          failed(
              p -> p.is("ConnectException") || p.says("Connection refused"),
              p ->
                  "A connection was refused ("
                      + withoutStop(shortened(orType(p)))
                      + "); check that the service runs and that the address is right."),
          failed(
              p ->
                  p.is("UnsatisfiedLinkError")
                      || p.says("Failed to load PyTorch native library", "Unexpected flavor"),
              p ->
                  "A native library cannot be loaded ("
                      + withoutStop(shortened(orType(p)))
                      + "); DJL_CACHE_DIR and TMPDIR must be folders that can be written and let"
                      + " libraries run."),
          failed(
              p ->
                  p.says(
                      "SparkContext was shut down",
                      "SparkContext has been shutdown",
                      "stopped SparkContext"),
              p -> "Spark was stopped while the command ran; see its log."),
          failed(
              p -> p.says("ExecutorLostFailure"),
              p ->
                  "An executor was lost ("
                      + withoutStop(shortened(after(p.message(), "Reason: ")))
                      + "); see its log; give more memory (--executor-memory) if it was killed for"
                      + " using too much."));

  private KnownFailures() {}

  private record Rule(Predicate<Problem> applies, Function<Problem, UserMessage> message) {}

  static Optional<UserMessage> sentence(List<Problem> problems) {
    for (Rule rule : RULES) {
      for (Problem problem : problems) {
        if (rule.applies.test(problem)) {
          return Optional.of(rule.message.apply(problem));
        }
      }
    }
    return Optional.empty();
  }

  private static Rule failed(Predicate<Problem> applies, Function<Problem, String> sentence) {
    return new Rule(applies, sentence.andThen(UserMessage::failed));
  }

  private static Rule wrongInput(Predicate<Problem> applies, Function<Problem, String> sentence) {
    return new Rule(applies, sentence.andThen(UserMessage::wrongInput));
  }

  /** 52: Spark's executor met an OutOfMemoryError; 137: the system killed it. */
  private static boolean isExecutorOutOfMemory(Problem p) {
    return p.says("ExecutorLostFailure")
        && p.says(
            "code 52", "code 137", "status: 137", "memory limit", "OOMKilled", "memoryOverhead");
  }

  private static String executorMemory(Problem p) {
    return "An executor ran out of memory ("
        + withoutStop(shortened(after(p.message(), "Reason: ")))
        + "); give more by --executor-memory (Java's) and --conf spark.executor.memoryOverhead"
        + " (libtorch's), or fewer --executor-cores.";
  }

  private static String after(String message, String mark) {
    int at = message.lastIndexOf(mark);
    return at < 0 ? message : message.substring(at + mark.length());
  }

  private static String at(Problem p) {
    return path(p).map(path -> ": " + path).orElse("");
  }

  private static String to(Problem p) {
    return path(p).map(path -> " to " + path).orElse("");
  }

  private static Optional<String> path(Problem p) {
    Matcher path = PATH.matcher(p.message());
    return path.find() ? Optional.of(shortened(path.group())) : Optional.empty();
  }

  private static String orType(Problem p) {
    return p.message().isEmpty() ? p.simpleType() : p.message();
  }

  private static String shortened(String text) {
    return text.length() > LONGEST_NAME ? text.substring(0, LONGEST_NAME) + "..." : text;
  }

  private static String withoutStop(String text) {
    return text.replaceFirst("[.;:]\\s*$", "");
  }
}
