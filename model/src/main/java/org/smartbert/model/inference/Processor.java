package org.smartbert.model.inference;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What this machine's processor can do. */
public final class Processor {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final List<String> BFLOAT16 = List.of("avx512_bf16", "amx_bf16");

  private static final List<String> VNNI = List.of("avx512_vnni", "avx_vnni");

  private Processor() {}

  /** Whether products in bfloat16 have instructions of their own; without, they are slow. */
  public static boolean knowsBfloat16() {
    return knowsAny(BFLOAT16);
  }

  /**
   * Whether products of 8-bit integers have instructions of their own; without, oneDNN adds them in
   * 16 bits, which saturate.
   */
  public static boolean knowsVnni() {
    return knowsAny(VNNI);
  }

  /** Whether oneDNN has its wide kernels for float32 here. */
  public static boolean hasAvx512() {
    return knowsAny(List.of("avx512f"));
  }

  /** Whether it is Intel's, on which alone MKL uses all that a processor has. */
  public static boolean isIntel() {
    return firstLine("vendor_id").contains("GenuineIntel");
  }

  private static boolean knowsAny(List<String> names) {
    List<String> flags = List.of(firstLine("flags").split("\\s+"));
    return names.stream().anyMatch(flags::contains);
  }

  /** The first line of a kind; empty where the system does not tell. */
  private static String firstLine(String kind) {
    if (!Files.isReadable(CPU_INFO)) {
      return "";
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines.filter(line -> line.startsWith(kind)).findFirst().orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException(CPU_INFO + " could not be read", e);
    }
  }
}
