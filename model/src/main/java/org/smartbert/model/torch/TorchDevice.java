package org.smartbert.model.torch;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.StandardCapabilities;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.smartbert.model.InvalidInputException;

/**
 * The device of a network's tensors and products.
 *
 * @param gpu a GPU's number in this process; -1 for the processor
 */
public record TorchDevice(int gpu) {
  public static final TorchDevice CPU = new TorchDevice(-1);

  /**
   * A GPU of this process.
   *
   * @throws InvalidInputException where libtorch does not see it
   */
  public static TorchDevice gpu(int number) {
    Engine engine = NativeLibraries.libtorch();
    // The count is the CUDA runtime's, and does not depend on whether libtorch was built for it.
    int seen = engine.hasCapability(StandardCapabilities.CUDA) ? engine.getGpuCount() : 0;
    if (number < 0 || number >= seen) {
      throw new InvalidInputException(
          "GPU %d was given to a task on %s and libtorch sees %d there; give that host a libtorch"
              + " with CUDA (see conf/gpu.conf), or choose the device cpu.",
          number, hostName(), seen);
    }
    return new TorchDevice(number);
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "this host";
    }
  }

  public boolean isGpu() {
    return gpu >= 0;
  }

  /** As DJL names it. */
  public Device djl() {
    return isGpu() ? Device.gpu(gpu) : Device.cpu();
  }
}
