package org.smartbert.model.training;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32C;

/** Compares the workers' parameters, which must be equal to the bit. */
final class Replicas {
  private Replicas() {}

  /**
   * @throws ReplicaMismatchException naming rank and tensor where a replica differs from rank 0's
   */
  static void requireEqual(
      GradientSync sync, ParameterLayout layout, ByteBuffer values, long step) {
    List<String> names = layout.tensorNames();
    double[] digests = new double[sync.worldSize() * names.size()];
    int own = sync.rank() * names.size();
    for (int t = 0; t < names.size(); t++) {
      CRC32C crc = new CRC32C();
      crc.update(
          values
              .duplicate()
              .limit(Float.BYTES * layout.end(t))
              .position(Float.BYTES * layout.begin(t)));
      digests[own + t] = crc.getValue();
    }
    sync.sum(digests);
    for (int rank = 1; rank < sync.worldSize(); rank++) {
      for (int t = 0; t < names.size(); t++) {
        if (digests[rank * names.size() + t] != digests[t]) {
          throw new ReplicaMismatchException(
              String.format(
                  Locale.ROOT,
                  "At step %d the replica of rank %d differs from that of rank 0 in %s; the"
                      + " workers' processors or libtorch builds differ, run all workers on the"
                      + " same.",
                  step,
                  rank,
                  names.get(t)));
        }
      }
    }
  }
}
