package ai.djl.pytorch.jni;

import ai.djl.pytorch.engine.PtSymbolBlock;

/**
 * Runs a TorchScript method so that its results can be differentiated. {@link IValueUtils} always
 * runs in inference mode, and the native call is visible in this package only.
 */
public final class ScriptCall {
  private ScriptCall() {}

  /**
   * Calls {@code method}; the caller closes the result.
   *
   * @param inference true: inference mode, the results can never enter a backward pass; false: the
   *     calling thread's gradient mode decides
   */
  public static IValue run(
      PtSymbolBlock block, String method, boolean inference, IValue... arguments) {
    long[] handles = new long[arguments.length];
    for (int i = 0; i < handles.length; i++) {
      handles[i] = arguments[i].getHandle();
    }
    boolean separateStream = false;
    return new IValue(
        PyTorchLibrary.LIB.moduleRunMethod(
            block.getHandle(), method, handles, !inference, separateStream));
  }
}
