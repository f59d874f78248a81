package org.smartbert.jobs.cli;

import org.apache.spark.SparkConf;
import org.apache.spark.SparkUserAppException;
import org.apache.spark.sql.SparkSession;

/**
 * How the driver ends, so that its parent process gets the command's result.
 *
 * <p>spark-submit in client mode, a standalone cluster's worker ({@code DriverRunner}) and
 * Kubernetes look at the exit code of the driver's process. YARN does not: in cluster mode {@code
 * main} runs on a thread of its {@code ApplicationMaster}, which takes a return as SUCCEEDED and
 * {@link SparkUserAppException} as FAILED with that exception's exit code. {@code System.exit},
 * whatever the code, ends it in a shutdown hook that reports FAILED, "Shutdown hook called before
 * final status was reported", and YARN tries the application again. Other managers of cluster mode
 * that run {@code main} in a process of theirs are taken to be like YARN.
 */
final class DriverExit {
  private DriverExit() {}

  /** Whether the driver's process belongs to a manager that takes the result of {@code main}. */
  static boolean mustReturn(SparkConf conf) {
    String master = conf.get("spark.master", "");
    return conf.get("spark.submit.deployMode", "client").equals("cluster")
        && !master.startsWith("spark://")
        && !master.startsWith("k8s://");
  }

  /**
   * Ends the driver: the process, or by a return or an exception its {@code main}.
   *
   * @throws SparkUserAppException with an exit code other than 0, where {@code main} must not exit
   */
  static void end(int exitCode, SparkConf conf) throws SparkUserAppException {
    if (!mustReturn(conf)) {
      System.exit(exitCode);
    }
    scala.Option<SparkSession> session = SparkSession.getDefaultSession();
    if (session.isDefined()) {
      session.get().stop();
    }
    if (exitCode != 0) {
      throw new SparkUserAppException(exitCode, null);
    }
  }
}
