package org.smartbert.bench;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.smartbert.jobs.sync.Rendezvous;
import org.smartbert.jobs.sync.RingSettings;
import org.smartbert.jobs.sync.RunSecret;
import org.smartbert.model.training.GradientSync;

/**
 * Workers of a measurement as processes of their own, one thread each. The parent carries their
 * addresses from one to the other over standard input and output.
 */
final class Processes {
  private static final String ADDRESS = "ADDRESS ";
  private static final String RESULT = "RESULT ";

  private Processes() {}

  /** Runs {@code main} in {@code workers} processes; returns what each reported. */
  static List<String> run(Class<?> main, int workers, List<String> arguments) {
    List<Process> processes = new ArrayList<>();
    try {
      List<BufferedReader> outputs = new ArrayList<>();
      for (int rank = 0; rank < workers; rank++) {
        List<String> command =
            new ArrayList<>(
                List.of(
                    System.getProperty("java.home") + "/bin/java",
                    "-Xmx3g",
                    "-XX:MaxDirectMemorySize=2g",
                    "-Dai.djl.offline=true",
                    "-Dai.djl.pytorch.num_threads=1",
                    "-Dai.djl.pytorch.num_interop_threads=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    main.getName(),
                    "worker",
                    Integer.toString(rank),
                    Integer.toString(workers)));
        command.addAll(arguments);
        Process process =
            new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        processes.add(process);
        outputs.add(
            new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
      }
      String secret = encode(RunSecret.draw());
      for (Process process : processes) {
        tell(process, secret);
      }
      List<String> addresses = new ArrayList<>();
      for (BufferedReader output : outputs) {
        addresses.add(await(output, ADDRESS));
      }
      for (Process process : processes) {
        tell(process, String.join(";", addresses));
      }
      List<String> results = new ArrayList<>();
      for (BufferedReader output : outputs) {
        results.add(await(output, RESULT));
      }
      return results;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
  }

  /** A worker's ring, as its parent arranged it. */
  static GradientSync join(
      int rank, int workers, RingSettings.Wire wire, RingSettings.Encryption encryption)
      throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    RunSecret secret = decode(in.readLine());
    RingSettings settings = new RingSettings(Duration.ofSeconds(60), wire, encryption);
    try (Rendezvous rendezvous =
        new Rendezvous("127.0.0.1", "process-" + rank, rank, workers, secret, settings)) {
      print(ADDRESS + rendezvous.address());
      String[] addresses = in.readLine().split(";", -1);
      return workers == 1 ? GradientSync.single() : rendezvous.join(List.of(addresses));
    }
  }

  static void report(String result) {
    print(RESULT + result);
  }

  private static void print(String line) {
    PrintStream out = System.out;
    out.println(line);
    out.flush();
  }

  private static void tell(Process process, String line) throws IOException {
    Writer writer = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    writer.write(line + "\n");
    writer.flush();
  }

  private static String await(BufferedReader output, String mark) throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(mark)) {
        return line.substring(mark.length());
      }
    }
    throw new IOException("A worker ended before it printed " + mark);
  }

  private static String encode(RunSecret secret) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(secret);
    }
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private static RunSecret decode(String text) throws IOException {
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(text)))) {
      return (RunSecret) in.readObject();
    } catch (ClassNotFoundException e) {
      throw new IOException(e);
    }
  }

  static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
