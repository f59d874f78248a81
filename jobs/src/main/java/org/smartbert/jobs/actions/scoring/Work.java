package org.smartbert.jobs.actions.scoring;

import java.util.List;
import org.smartbert.jobs.io.Digests;

/**
 * The identity of a run: the request and the version of the input.
 *
 * @param runId given by the user, or derived from the work
 * @param request {@link ScoringPlan#request}
 * @param inputVersion {@link InputTable.Pinned#version}
 * @param transactions how the names of its commits begin. A derived id is the work's digest. A
 *     user's name says nothing of the work, so the digest follows it: commits of other work under
 *     the same name are never taken for this one's
 */
record Work(String runId, String request, String inputVersion, String transactions) {

  static Work of(ScoringPlan plan, String inputVersion) {
    String digest = Digests.of(List.of(plan.request(), inputVersion));
    String derived = "score-" + digest;
    return new Work(
        plan.runId().orElse(derived),
        plan.request(),
        inputVersion,
        plan.runId().map(name -> name + "@" + digest).orElse(derived));
  }

  /** The name of a slice's commit, which Delta takes once. */
  String transaction(int slice, int slices) {
    return transactions + "/" + slice + "-of-" + slices;
  }
}
