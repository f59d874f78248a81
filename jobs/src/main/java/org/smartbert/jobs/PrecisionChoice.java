package org.smartbert.jobs;

import java.nio.file.Path;
import org.smartbert.model.Precision;
import org.smartbert.model.inference.Processor;
import org.smartbert.model.io.ModelDirectory;

/** What a user may ask a model to be computed in. */
enum PrecisionChoice {
  FP32,
  BF16,
  INT8,
  /** int8 for a quantised model, else bf16 where the processor knows it, else fp32. */
  AUTO;

  /**
   * The precision for a model. The driver chooses, by its own processor, so that all rows of a run
   * are computed alike.
   */
  Precision of(Path model) {
    return switch (this) {
      case FP32 -> Precision.FP32;
      case BF16 -> Precision.BF16;
      case INT8 -> Precision.INT8;
      case AUTO ->
          ModelDirectory.isQuantised(model)
              ? Precision.INT8
              : Processor.knowsBfloat16() ? Precision.BF16 : Precision.FP32;
    };
  }
}
