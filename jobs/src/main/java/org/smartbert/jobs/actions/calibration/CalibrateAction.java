package org.smartbert.jobs.actions.calibration;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.smartbert.jobs.actions.backbones.Backbones;
import org.smartbert.jobs.actions.run.JobContext;
import org.smartbert.jobs.actions.run.Progress;
import org.smartbert.jobs.history.CalibrationsTable;
import org.smartbert.jobs.io.ModelSelection;
import org.smartbert.jobs.io.OutputFolder;
import org.smartbert.jobs.statistics.BinomialTest;
import org.smartbert.jobs.statistics.FixedSequence;
import org.smartbert.jobs.statistics.RatioEstimate;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.Method;
import org.smartbert.model.calibration.Certificate;
import org.smartbert.model.calibration.Certificate.Promise;
import org.smartbert.model.calibration.CertifiedModel;
import org.smartbert.model.calibration.Reference;
import org.smartbert.model.calibration.Risk;
import org.smartbert.model.inference.ExitPolicy;
import org.smartbert.model.inference.Gates;
import org.smartbert.model.io.ModelDirectory;
import org.smartbert.model.text.TextEncoder;
import org.smartbert.udfs.PolicyLosses;

/** Carries out a {@link CalibrateRequest}. */
public record CalibrateAction(JobContext context) {
  /**
   * Tests every threshold on the rows, by one pass over the network, writes the model with the one
   * that is chosen, and then appends all of them to the table of calibrations.
   *
   * @throws InvalidInputException for rows, labels or a model that do not fit, too few rows for the
   *     promise, a budget that no threshold meets, or an output that is not free
   */
  public CalibrateResult run(CalibrateRequest request) {
    OutputFolder output = new OutputFolder(request.output(), context.hadoop());
    output.requireFree();
    ModelSelection.Resolved model =
        Backbones.locate(request.model(), context).resolve(context.spark());
    requireExits(model, request.model().location());
    if (request.input().pairColumn().isPresent()) {
      TextEncoder.requirePairs(model.config(), model.local());
    }
    CalibrationRows rows = CalibrationRows.of(request, model, context.spark());
    Gates gates = model.config().mechanism().skips() ? request.policies().gates() : Gates.OFF;
    Optional<Promise> promise = request.goal().promise().map(asked -> with(gates, asked));
    List<CalibrateResult.Line> lines = lines(request, model, rows, gates, promise);
    CalibrateResult.Line chosen =
        promise.isPresent()
            ? ThresholdSelection.cheapestCertified(lines)
            : ThresholdSelection.safestWithin(request.goal().budget().orElseThrow(), lines);
    Certificate certificate =
        new Certificate(
            new Certificate.Policy(
                chosen.threshold(),
                gates,
                model.reference().precision(),
                model.reference().maxTokens()),
            promise.map(kept -> tested(kept, chosen)),
            request.goal().budget(),
            cost(chosen.cost()),
            new Certificate.Evidence(
                request.policies().grid(),
                new Certificate.Rows(rows.count(), rows.version()),
                ModelDirectory.weightsDigest(model.local()),
                Instant.now()));
    output.writeLocally(
        target -> {
          CertifiedModel.write(model.local(), target, certificate);
          return target;
        });
    CalibrationsTable table = new CalibrationsTable(context.spark(), context.tablesRoot());
    table.append(
        lines.stream()
            .map(line -> CalibrationRecord.of(line, request, certificate, model.reference()))
            .toList());
    return new CalibrateResult(certificate, lines, rows.notes(), table.location());
  }

  private static void requireExits(ModelSelection.Resolved model, String location) {
    Method.Mechanism mechanism = model.config().mechanism();
    if (!mechanism.exits()) {
      throw new InvalidInputException(
          "The model %s (method %s) has no early exits, and so no threshold to calibrate; add exits"
              + " with convert, or train one that has them.",
          location, mechanism.method().id());
    }
  }

  /** Without gates both references are one; it goes by the name that says what it is. */
  private static Promise with(Gates gates, Promise asked) {
    return gates == Gates.ON
        ? asked
        : new Promise(asked.risk(), asked.epsilon(), asked.confidence(), Reference.FULL_DEPTH);
  }

  private List<CalibrateResult.Line> lines(
      CalibrateRequest request,
      ModelSelection.Resolved model,
      CalibrationRows rows,
      Gates gates,
      Optional<Promise> promise) {
    List<Float> grid = request.policies().grid();
    Method method = model.config().mechanism().method();
    PolicyLosses.Comparison comparison =
        new PolicyLosses.Comparison(
            gates,
            grid.stream().map(s -> ExitPolicy.of(method, s)).toList(),
            promise.map(Promise::reference).orElse(Reference.GATES_ON),
            promise.map(Promise::risk).orElse(Risk.AGREEMENT));
    try (Progress progress = context.progress().start("Calibrating");
        RecordedRows recorded = RecordedRows.of(rows.rows(), model.reference(), comparison)) {
      progress.show(0, 2, "scoring the rows");
      List<RecordedRows.Total> totals = recorded.totals();
      progress.show(1, 2, "testing");
      Optional<double[]> pValues =
          promise.map(asked -> pValues(asked, rows.count(), totals, recorded));
      int certified =
          promise
              .map(asked -> FixedSequence.rejected(pValues.orElseThrow(), asked.delta()))
              .orElse(0);
      List<CalibrateResult.Line> lines = new ArrayList<>();
      for (int p = 0; p < totals.size(); p++) {
        lines.add(
            new CalibrateResult.Line(
                grid.get(p),
                totals.get(p).errors(),
                pValues.isPresent() ? OptionalDouble.of(pValues.get()[p]) : OptionalDouble.empty(),
                p < certified,
                RatioEstimate.of(totals.get(p).flops())));
      }
      progress.show(2, 2, "done");
      return lines;
    }
  }

  private static double[] pValues(
      Promise promise, long rows, List<RecordedRows.Total> totals, RecordedRows recorded) {
    if (promise.risk() == Risk.ACCURACY) {
      return recorded.bettingPValues(promise, rows);
    }
    BinomialTest test = new BinomialTest(promise.epsilon(), promise.delta());
    return totals.stream().mapToDouble(total -> test.pValue(total.errors(), rows)).toArray();
  }

  private static Certificate.Tested tested(Promise promise, CalibrateResult.Line chosen) {
    return new Certificate.Tested(
        promise, chosen.certified(), chosen.errors(), chosen.pValue().orElseThrow());
  }

  private static Certificate.Cost cost(RatioEstimate estimate) {
    return new Certificate.Cost(estimate.value(), estimate.low(), estimate.high());
  }
}
