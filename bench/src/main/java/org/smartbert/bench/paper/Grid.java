package org.smartbert.bench.paper;

import java.util.ArrayList;
import java.util.List;
import org.smartbert.model.training.TrainingSettings.HeadLearningRate;

/**
 * The cells of a task that a command asks for: for each seed, learning rate and heads' rate all
 * methods, in the order in which they were given.
 */
record Grid(
    List<Arm> arms, List<Long> seeds, List<Double> learningRates, List<HeadLearningRate> heads) {

  List<Cell> cells(String backbone, Task task) {
    List<Cell> cells = new ArrayList<>();
    for (long seed : seeds) {
      for (double rate : learningRates) {
        for (HeadLearningRate head : heads) {
          for (Arm arm : arms) {
            cells.add(new Cell(backbone, task.id(), arm, new Rates(rate, head), seed));
          }
        }
      }
    }
    return cells;
  }
}
