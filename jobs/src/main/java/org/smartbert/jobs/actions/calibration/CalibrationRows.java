package org.smartbert.jobs.actions.calibration;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.smartbert.jobs.io.InputTable;
import org.smartbert.jobs.io.LabelledRows;
import org.smartbert.jobs.io.LearnedRows;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.UnlabelledRows;
import org.smartbert.jobs.statistics.BettingTest;
import org.smartbert.jobs.statistics.BinomialTest;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.calibration.Certificate.Promise;
import org.smartbert.model.calibration.Risk;

/**
 * The rows that a request calibrates on, enough for its promise.
 *
 * @param rows columns first, second, label
 * @param version of the input
 * @param notes how the rows were read
 */
record CalibrationRows(Dataset<Row> rows, long count, String version, List<String> notes) {
  private static final long ANY_SEED = 0;

  private static final String NOT_KNOWN =
      "The model does not note which rows it learned from: whether some of these are among them is"
          + " not known.";

  /**
   * Opens the input.
   *
   * @throws InvalidInputException for columns and labels that do not fit, for rows that the model
   *     has learned from, and for too few
   */
  static CalibrationRows of(
      CalibrateRequest request, ModelSelection.Resolved model, SparkSession spark) {
    InputTable.Pinned input = request.input().table().open(spark);
    boolean labelled = request.goal().promise().filter(p -> p.risk() == Risk.ACCURACY).isPresent();
    CalibrationRows all = labelled ? labelled(request, model, input) : unlabelled(request, input);
    CalibrationRows rows =
        LearnedRows.of(model.local())
            .map(learned -> all.without(learned, request))
            .orElseGet(() -> all.noting(NOT_KNOWN));
    requireEnough(rows.count(), request);
    return rows;
  }

  private CalibrationRows noting(String note) {
    List<String> more = new ArrayList<>(notes);
    more.add(note);
    return new CalibrationRows(rows, count, version, more);
  }

  /** Without the rows that the model has learned from, if they need not be refused. */
  private CalibrationRows without(LearnedRows learned, CalibrateRequest request) {
    Dataset<Row> left = learned.newOnes(rows);
    long fresh = left.count();
    String location = request.input().table().location();
    if (fresh == count) {
      return noting("None of them is among the rows that the model's directory notes as learned.");
    }
    if (request.learned() == CalibrateRequest.Learned.FAIL || fresh == 0) {
      throw new InvalidInputException(
          "The model %s was trained or validated on %,d of the %,d rows of %s, on which it is"
              + " better than on new ones; give other rows%s.",
          request.model().location(),
          count - fresh,
          count,
          location,
          fresh == 0 ? "" : ", or --learned-rows drop, which leaves those out");
    }
    return new CalibrationRows(left, fresh, version, notes)
        .noting(
            String.format(
                Locale.ROOT,
                "%,d of them were left out: the model was trained or validated on them.",
                count - fresh));
  }

  private static CalibrationRows labelled(
      CalibrateRequest request, ModelSelection.Resolved model, InputTable.Pinned input) {
    String location = request.input().table().location();
    LabelledRows columns = request.input().labelledBy(request.labelColumn());
    columns.validate(input.rows().schema());
    LabelledRows.Counts counts = columns.count(input.rows());
    return new CalibrationRows(
        columns.known(input.rows(), model.config().labels(), location, request.model().location()),
        counts.used(),
        input.version(),
        withNote(input, counts.describe(location)));
  }

  private static CalibrationRows unlabelled(CalibrateRequest request, InputTable.Pinned input) {
    String location = request.input().table().location();
    UnlabelledRows columns = request.input().unlabelled();
    columns.validate(input.rows().schema());
    UnlabelledRows.Counts counts = columns.count(input.rows());
    if (counts.used() == 0) {
      throw new InvalidInputException(
          "The input %s holds no row with a text in %s; a threshold is calibrated on some.",
          location, request.input().textColumn());
    }
    double noValidation = 0;
    return new CalibrationRows(
        columns.split(input.rows(), noValidation, ANY_SEED),
        counts.used(),
        input.version(),
        withNote(input, counts.describe(location)));
  }

  private static List<String> withNote(InputTable.Pinned input, String counts) {
    List<String> notes = new ArrayList<>(input.notes());
    notes.add(counts);
    return notes;
  }

  private static void requireEnough(long count, CalibrateRequest request) {
    Optional<Promise> promise = request.goal().promise();
    long needed = promise.map(CalibrationRows::fewest).orElse(1L);
    if (count < needed) {
      throw new InvalidInputException(
          "The input %s has %d rows to calibrate on, too few for --epsilon %s and --confidence %s"
              + " even without an error; give %d rows or more, or a larger --epsilon.",
          request.input().table().location(),
          count,
          promise.orElseThrow().epsilon(),
          promise.orElseThrow().confidence(),
          needed);
    }
  }

  private static long fewest(Promise promise) {
    return promise.risk() == Risk.AGREEMENT
        ? new BinomialTest(promise.epsilon(), promise.delta()).fewestRows()
        : BettingTest.fewestRows(promise.epsilon(), promise.delta());
  }
}
