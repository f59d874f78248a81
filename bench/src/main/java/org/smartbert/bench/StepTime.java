package org.smartbert.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a process measured.
 *
 * @param millis of a step
 * @param faults pages that the kernel had to provide in a step
 * @param megabytes resident at most
 */
record StepTime(double millis, double faults, double megabytes) {
  static StepTime of(List<Double> millis, double faults) {
    return new StepTime(Processes.median(millis), faults, peakMegabytes());
  }

  static StepTime parse(String text) {
    String[] fields = text.split(" ", -1);
    return new StepTime(
        Double.parseDouble(fields[0]),
        Double.parseDouble(fields[1]),
        Double.parseDouble(fields[2]));
  }

  @Override
  public String toString() {
    return millis + " " + faults + " " + megabytes;
  }

  /** Minor page faults of this process so far (proc(5), field 10 of stat). */
  static long pageFaults() {
    String stat = read("/proc/self/stat");
    return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[7]);
  }

  private static double peakMegabytes() {
    return read("/proc/self/status")
            .lines()
            .filter(line -> line.startsWith("VmHWM:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .sum()
        / 1024.0;
  }

  private static String read(String path) {
    try {
      return Files.readString(Path.of(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
