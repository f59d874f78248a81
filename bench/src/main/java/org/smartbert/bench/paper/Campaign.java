package org.smartbert.bench.paper;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.smartbert.model.InvalidInputException;

/**
 * Runs the cells that are not finished, those of the task with the shortest training text first.
 * What goes wrong with a task or a cell is reported, and the others go on.
 */
final class Campaign {
  private final ResultsFile file;
  private final Recipe recipe;
  private final KeepModels keep;
  private final PrintWriter err;
  private final Problems problems;
  private final Estimate estimate = new Estimate();

  /** Whether models stay when their cells are finished. */
  enum KeepModels {
    YES,
    NO
  }

  Campaign(ResultsFile file, Recipe recipe, KeepModels keep, PrintWriter err) {
    this.file = file;
    this.recipe = recipe;
    this.keep = keep;
    this.err = err;
    this.problems = new Problems(err);
  }

  /** A cell that is to be run, and its task's rows. */
  private record Job(Cell cell, TaskRows rows) {
    double work(Recipe recipe) {
      return recipe.work(cell.arm()) * rows.characters();
    }
  }

  /** The tasks that can be run; each that cannot is reported. */
  List<Task> tasks(List<String> ids, Path data) {
    List<Task> tasks = new ArrayList<>();
    for (String id : ids) {
      try {
        tasks.add(Task.require(id, data));
      } catch (InvalidInputException e) {
        problems.add("", e);
      }
    }
    return tasks;
  }

  /**
   * The cells of each task that are not finished; says how many are. A finished cell of other
   * settings is reported: both cannot stand in one file.
   */
  Map<Task, List<Cell>> unfinished(Grid grid, String backbone, List<Task> tasks) {
    ResultsFile.Read before = file.read();
    before.cutOff().ifPresent(err::println);
    Map<Task, List<Cell>> open = new LinkedHashMap<>();
    int finished = 0;
    for (Task task : tasks) {
      for (Cell cell : grid.cells(backbone, task)) {
        if (before.results().finished(cell)) {
          finished++;
          requireSettings(cell, before.results());
        } else {
          open.computeIfAbsent(task, t -> new ArrayList<>()).add(cell);
        }
      }
    }
    int left = open.values().stream().mapToInt(List::size).sum();
    err.printf(
        Locale.ROOT, "%d cells: %d finished before, %d to run.%n", finished + left, finished, left);
    err.flush();
    return open;
  }

  private void requireSettings(Cell cell, Results results) {
    String settings = results.settings(cell).orElseThrow();
    if (!settings.equals(recipe.describe())) {
      problems.add(
          "",
          new InvalidInputException(
              "The finished cell %s in %s was trained with other settings (%s) than this command"
                  + " has (%s) and is left as it is; give another --results for these.",
              cell.title(), file.path(), settings, recipe.describe()));
    }
  }

  /** Runs the cells, and returns the exit code of the campaign. */
  int run(Map<Task, List<Cell>> cells, Function<Task, TaskRows> rows, CellRun runner) {
    List<Job> jobs = jobs(cells, rows);
    for (int i = 0; i < jobs.size() && !Stop.requested(); i++) {
      run(jobs, i, runner);
    }
    return problems.code();
  }

  private List<Job> jobs(Map<Task, List<Cell>> cells, Function<Task, TaskRows> rows) {
    List<TaskRows> readable = new ArrayList<>();
    for (Task task : cells.keySet()) {
      // Spark's exceptions are checked ones that it does not declare.
      try {
        readable.add(rows.apply(task));
      } catch (Exception e) {
        problems.add("The task " + task.id() + ": ", e);
      }
    }
    readable.sort(Comparator.comparingLong(TaskRows::characters));
    return readable.stream()
        .flatMap(task -> cells.get(task.task()).stream().map(cell -> new Job(cell, task)))
        .toList();
  }

  private void run(List<Job> jobs, int index, CellRun runner) {
    Job job = jobs.get(index);
    String name =
        String.format(Locale.ROOT, "[%d of %d] %s", index + 1, jobs.size(), job.cell().title());
    err.printf("%s: ETA %s.%n", name, estimate.of(job.work(recipe)));
    err.flush();
    long started = System.nanoTime();
    try {
      List<ResultLine> lines = runner.run(job.cell(), job.rows());
      file.append(lines);
      double seconds = (System.nanoTime() - started) / 1e9;
      estimate.add(job.work(recipe), seconds);
      List<Job> left = jobs.subList(index + 1, jobs.size());
      err.printf("%s: %s. %s%n", name, done(lines, seconds), left(left));
      err.flush();
      forget(job, left, runner);
    } catch (Exception e) {
      problems.add(name + ": ", e);
    }
  }

  private static String done(List<ResultLine> lines, double seconds) {
    ResultLine full = lines.get(0);
    ResultLine cheap = lines.get(lines.size() - 1);
    return String.format(
        Locale.ROOT,
        "%s, %s %.2f at cost %.3f to %.2f at %.3f",
        Estimate.text(seconds),
        full.measure().metric().name().toLowerCase(Locale.ROOT),
        full.measure().value(),
        full.compute().cost(),
        cheap.measure().value(),
        cheap.compute().cost());
  }

  private String left(List<Job> left) {
    double work = left.stream().mapToDouble(job -> job.work(recipe)).sum();
    return left.isEmpty()
        ? "No cell left."
        : left.size() + " cells left, ETA " + estimate.of(work) + ".";
  }

  /** Removes models that no cell to come needs: as itself, or as DistilBERT's teacher. */
  private void forget(Job done, List<Job> left, CellRun runner) {
    if (keep == KeepModels.YES) {
      return;
    }
    Set<Cell> needed = new HashSet<>();
    for (Job job : left) {
      needed.add(job.cell());
      if (job.cell().arm() == Arm.DISTILBERT) {
        needed.add(job.cell().with(Arm.BERT));
      }
    }
    for (Cell cell : List.of(done.cell(), done.cell().with(Arm.BERT))) {
      if (!needed.contains(cell)) {
        runner.forget(cell, done.rows());
      }
    }
  }
}
