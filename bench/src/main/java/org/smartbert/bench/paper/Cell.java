package org.smartbert.bench.paper;

/**
 * What is trained and evaluated once.
 *
 * @param backbone its name in the catalogue, or that of its directory
 * @param task id of the task
 */
record Cell(String backbone, String task, Arm arm, Rates rates, long seed) {
  Cell with(Arm other) {
    return new Cell(backbone, task, other, rates, seed);
  }

  /** For people. */
  String title() {
    return String.join(
        " ",
        backbone,
        task,
        arm.id(),
        Rates.text(rates.backbone()),
        "heads",
        heads(),
        "seed " + seed);
  }

  /** For files: letters, digits, dots and dashes. */
  String slug() {
    return String.join(
            "-",
            backbone,
            task,
            arm.id(),
            Rates.text(rates.backbone()),
            heads(),
            Long.toString(seed))
        .replaceAll("[^A-Za-z0-9.-]+", "_");
  }

  private String heads() {
    return Rates.text(rates.heads());
  }
}
