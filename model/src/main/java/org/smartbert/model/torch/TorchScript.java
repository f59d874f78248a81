package org.smartbert.model.torch;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.pytorch.jni.ScriptCall;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The network's arithmetic: the TorchScript sources in this package, compiled by libtorch when
 * loaded. One object may be used by many threads at once.
 */
public final class TorchScript implements AutoCloseable {
  /** How a method is run. */
  public enum Mode {
    /** Results never enter a backward pass; the cheapest. */
    INFERENCE,
    /** Results are constants, but may be saved for a backward pass. */
    CONSTANT,
    /** Results carry the graph that {@code torch.grad} walks. */
    GRADIENT
  }

  /**
   * Whether the thread's graph optimiser is to stay off between calls; libtorch has no query for
   * it.
   */
  private static final ThreadLocal<Boolean> UNOPTIMISED = ThreadLocal.withInitial(() -> false);

  private final PtNDManager manager;
  private final PtSymbolBlock block;

  private TorchScript(PtNDManager manager, PtSymbolBlock block) {
    this.manager = manager;
    this.block = block;
  }

  /** The sources network.py and inference.py. */
  public static TorchScript inference() {
    return of(resource("network.py"), resource("inference.py"));
  }

  /** The sources network.py and training.py. */
  public static TorchScript training() {
    return of(resource("network.py"), resource("training.py"));
  }

  /**
   * Does work with libtorch's graph optimiser off on the calling thread. The optimiser changes
   * rounding after a method's first calls, and a resumed training would not repeat the bits.
   */
  public static <T> T unoptimised(Supplier<T> work) {
    NativeLibraries.load();
    boolean before = UNOPTIMISED.get();
    UNOPTIMISED.set(true);
    JniUtils.setGraphExecutorOptimize(false);
    try {
      return work.get();
    } finally {
      UNOPTIMISED.set(before);
      JniUtils.setGraphExecutorOptimize(!before);
    }
  }

  /** Pages of methods of one module, as text. */
  public static TorchScript of(String... scripts) {
    NativeLibraries.load();
    PtNDManager manager = (PtNDManager) NDManager.newBaseManager(TorchDevice.CPU.djl());
    try {
      byte[] archive = TorchArchive.of(String.join("\n", scripts));
      boolean mapLocation = false;
      boolean hasSize = false;
      return new TorchScript(
          manager,
          JniUtils.loadModule(manager, new ByteArrayInputStream(archive), mapLocation, hasSize));
    } catch (IOException e) {
      manager.close();
      throw new UncheckedIOException("The network's scripts could not be loaded", e);
    } catch (RuntimeException | Error e) {
      manager.close();
      throw e;
    }
  }

  private static String resource(String page) {
    try (InputStream in = TorchScript.class.getResourceAsStream(page)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("The page " + page + " is missing from the jar", e);
    }
  }

  /**
   * Calls a method.
   *
   * @param scope owner of the tensors that come back
   * @param arguments tensors, lasting values ({@link #dictionary}), longs or ints, doubles,
   *     booleans, strings, {@code long[]}, or {@code NDList} for a list of tensors
   * @return the tensors of the result: one, or those of a list; none where it is a number
   */
  public NDList call(Mode mode, NDManager scope, String method, Object... arguments) {
    try (IValue result = value(mode, method, arguments)) {
      return result.isLong() ? new NDList() : result.toNDList((PtNDManager) scope);
    }
  }

  /** Calls a method whose result goes into further calls as it is; the caller closes it. */
  public IValue value(Mode mode, String method, Object... arguments) {
    List<IValue> temporary = new ArrayList<>(arguments.length);
    NativeCalls.begin();
    try {
      IValue[] values = new IValue[arguments.length];
      for (int i = 0; i < values.length; i++) {
        if (arguments[i] instanceof IValue lasting) {
          values[i] = lasting;
        } else {
          values[i] = toIValue(arguments[i]);
          temporary.add(values[i]);
        }
      }
      return run(mode, method, values);
    } finally {
      temporary.forEach(IValue::close);
      NativeCalls.end();
    }
  }

  private IValue run(Mode mode, String method, IValue[] values) {
    if (mode == Mode.INFERENCE) {
      return ScriptCall.run(block, method, true, values);
    }
    // The mode belongs to the thread, and is on in every new one.
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(mode == Mode.GRADIENT);
    // The optimiser also changes what packing weights gives; inference alone runs with it.
    JniUtils.setGraphExecutorOptimize(false);
    try {
      return ScriptCall.run(block, method, false, values);
    } finally {
      JniUtils.setGradMode(before);
      JniUtils.setGraphExecutorOptimize(!UNOPTIMISED.get());
    }
  }

  private static IValue toIValue(Object argument) {
    if (argument instanceof PtNDArray tensor) {
      return IValue.from(tensor);
    } else if (argument instanceof Integer number) {
      return IValue.from(number.longValue());
    } else if (argument instanceof Long number) {
      return IValue.from(number);
    } else if (argument instanceof Double number) {
      return IValue.from(number);
    } else if (argument instanceof Boolean flag) {
      return IValue.from(flag);
    } else if (argument instanceof String text) {
      return IValue.from(text);
    } else if (argument instanceof long[] numbers) {
      return IValue.listFrom(numbers);
    } else if (argument instanceof NDList tensors) {
      return IValue.listFrom(tensors.stream().toArray(PtNDArray[]::new));
    }
    throw new IllegalArgumentException("No script takes " + argument);
  }

  /** Weights by name as scripts take them. The tensors must outlive it; the caller closes it. */
  public static IValue dictionary(Map<String, NDArray> weights) {
    Map<String, PtNDArray> tensors = new LinkedHashMap<>();
    weights.forEach((name, tensor) -> tensors.put(name, (PtNDArray) tensor));
    return IValue.stringMapFrom(tensors);
  }

  /** An index tensor, int64. */
  public static NDArray indices(NDManager scope, int[] values) {
    return scope.create(Arrays.stream(values).asLongStream().toArray());
  }

  @Override
  public void close() {
    block.close();
    manager.close();
  }
}
