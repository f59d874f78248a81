package org.smartbert.model.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.smartbert.model.torch.TorchScript.Mode;

/** A process that is terminated while threads compute in libtorch ends without a crash. */
@Tag("slow")
class NativeCallsTest {
  private static final int STOPS = 20;
  private static final int THREADS = 4;

  /** Half a second to some seconds a call, so that the JVM's own patience does not help. */
  private static final String PAGE =
      """
        def work(self, x: Tensor, times: int) -> Tensor:
          for i in range(times):
            x = torch.tanh(torch.mm(x, x))
          return x
      """;

  @TempDir Path folder;

  @Test
  void atRandomMoments() throws Exception {
    Random random = new Random(5);
    for (int stop = 0; stop < STOPS; stop++) {
      Process process =
          new ProcessBuilder(
                  System.getProperty("java.home") + "/bin/java",
                  "-Xmx256m",
                  "-Dai.djl.offline=true",
                  "-cp",
                  System.getProperty("java.class.path"),
                  NativeCallsTest.class.getName())
              .directory(folder.toFile())
              .redirectError(folder.resolve("err-" + stop).toFile())
              .start();
      try (var lines = process.inputReader()) {
        assertThat(lines.readLine()).isEqualTo("computing");
        Thread.sleep(random.nextInt(800));
        process.destroy();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      }
      try (Stream<Path> files = Files.list(folder)) {
        assertThat(files.filter(file -> file.getFileName().toString().startsWith("hs_err")))
            .as("stop %d", stop)
            .isEmpty();
      }
      assertThat(process.exitValue()).isEqualTo(143);
    }
  }

  /** Computes for ever in several threads. */
  public static void main(String[] arguments) {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> NativeCalls.stop(Duration.ofSeconds(30))));
    TorchScript script = TorchScript.of(PAGE);
    List<Thread> threads =
        Stream.generate(() -> new Thread(() -> computeForEver(script))).limit(THREADS).toList();
    threads.forEach(Thread::start);
    System.out.println("computing");
  }

  private static void computeForEver(TorchScript script) {
    try (NDManager scope = NDManager.newBaseManager(TorchDevice.CPU.djl())) {
      NDArray x = scope.ones(new Shape(512, 512)).mul(1e-3f);
      while (true) {
        script.call(Mode.INFERENCE, scope, "work", x, 60).close();
      }
    }
  }
}
