-- Views over predictions. Variables: ${predictions} the table (a name, or delta.`PATH`), ${views} what goes
-- before each view's name (empty, or a schema and a dot), ${p} the prediction columns' prefix (mostly
-- empty), ${label} the column with the true label.
--
-- smartbert views makes them; so does: spark-sql -f views.sql --hivevar predictions=... --hivevar views= ...
-- FLOPs are those of the row's own tokens; cost is FLOPs over the FLOPs of full depth.

CREATE OR REPLACE VIEW ${views}exit_histogram
COMMENT 'Rows that exited at each layer, by run: their number, share and cumulative share' AS
SELECT ${p}run_id AS run_id, ${p}model_version AS model_version, ${p}exit_layer AS exit_layer,
  count(*) AS rows,
  count(*) / sum(count(*)) OVER (PARTITION BY ${p}run_id, ${p}model_version) AS share,
  sum(count(*)) OVER (PARTITION BY ${p}run_id, ${p}model_version ORDER BY ${p}exit_layer)
    / sum(count(*)) OVER (PARTITION BY ${p}run_id, ${p}model_version) AS cumulative_share
FROM ${predictions}
WHERE ${p}prediction IS NOT NULL
GROUP BY ${p}run_id, ${p}model_version, ${p}exit_layer;

CREATE OR REPLACE VIEW ${views}skip_rate_by_layer
COMMENT 'Of the rows that reached a layer, the share that skipped it, by run' AS
SELECT run_id, model_version, layer, count(*) AS reached, count_if(skipped) AS skipped,
  count_if(skipped) / count(*) AS skip_rate
FROM (
  SELECT run_id, model_version, position + 1 AS layer, skipped
  FROM (
    SELECT ${p}run_id AS run_id, ${p}model_version AS model_version, ${p}skip_mask AS skip_mask
    FROM ${predictions})
  LATERAL VIEW posexplode(skip_mask) AS position, skipped)
GROUP BY run_id, model_version, layer;

CREATE OR REPLACE VIEW ${views}cost_by_day
COMMENT 'Rows, FLOPs and cost of each day, by the time of scoring in the session''s time zone, which smartbert sets to UTC unless spark.sql.session.timeZone is set' AS
SELECT to_date(${p}scored_at) AS day, count(*) AS rows, sum(${p}flops) AS flops,
  sum(${p}flops_full) AS flops_full, sum(${p}flops) / sum(${p}flops_full) AS cost
FROM ${predictions}
WHERE ${p}prediction IS NOT NULL
GROUP BY to_date(${p}scored_at);

CREATE OR REPLACE VIEW ${views}cost_by_model
COMMENT 'Rows, layers, FLOPs and cost of each model and entropy threshold' AS
SELECT ${p}model_version AS model_version, ${p}entropy_threshold AS entropy_threshold,
  count(*) AS rows, avg(${p}layers_executed) AS layers_executed, avg(${p}exit_layer) AS exit_layer,
  sum(${p}flops) AS flops, sum(${p}flops) / sum(${p}flops_full) AS cost
FROM ${predictions}
WHERE ${p}prediction IS NOT NULL
GROUP BY ${p}model_version, ${p}entropy_threshold;

CREATE OR REPLACE VIEW ${views}cost_by_prediction
COMMENT 'Rows, layers, FLOPs and cost of each predicted label, by model' AS
SELECT ${p}model_version AS model_version, ${p}prediction AS prediction, count(*) AS rows,
  avg(${p}layers_executed) AS layers_executed, sum(${p}flops) AS flops,
  sum(${p}flops) / sum(${p}flops_full) AS cost
FROM ${predictions}
WHERE ${p}prediction IS NOT NULL
GROUP BY ${p}model_version, ${p}prediction;

CREATE OR REPLACE VIEW ${views}cost_by_length
COMMENT 'Rows, layers, FLOPs and cost by length, in buckets of 16 tokens, each bucket named by its longest row' AS
SELECT ${p}model_version AS model_version, 16 * ceil(${p}tokens / 16) AS tokens_to,
  count(*) AS rows, avg(${p}layers_executed) AS layers_executed, sum(${p}flops) AS flops,
  sum(${p}flops) / sum(${p}flops_full) AS cost
FROM ${predictions}
WHERE ${p}prediction IS NOT NULL
GROUP BY ${p}model_version, 16 * ceil(${p}tokens / 16);

CREATE OR REPLACE VIEW ${views}flops_saved
COMMENT 'FLOPs that skips and exits saved against full depth, by run' AS
SELECT ${p}run_id AS run_id, ${p}model_version AS model_version, count(*) AS rows,
  sum(${p}flops_full) AS flops_full, sum(${p}flops) AS flops,
  sum(${p}flops_full) - sum(${p}flops) AS saved,
  1 - sum(${p}flops) / sum(${p}flops_full) AS saved_share,
  sum(${p}flops_full) / sum(${p}flops) AS flops_speedup
FROM ${predictions}
WHERE ${p}prediction IS NOT NULL
GROUP BY ${p}run_id, ${p}model_version;

CREATE OR REPLACE VIEW ${views}confidence_by_exit_layer
COMMENT 'Confidence and entropy of the rows that exited at each layer, by run' AS
SELECT ${p}run_id AS run_id, ${p}model_version AS model_version, ${p}exit_layer AS exit_layer,
  count(*) AS rows, avg(${p}confidence) AS confidence, min(${p}confidence) AS least_confidence,
  avg(${p}entropy) AS entropy
FROM ${predictions}
WHERE ${p}prediction IS NOT NULL
GROUP BY ${p}run_id, ${p}model_version, ${p}exit_layer;

CREATE OR REPLACE VIEW ${views}error_rows
COMMENT 'Errors of rows that could not be scored, and their number, by run' AS
SELECT ${p}run_id AS run_id, ${p}model_version AS model_version, ${p}error AS error,
  count(*) AS rows, min(${p}scored_at) AS first_at, max(${p}scored_at) AS last_at
FROM ${predictions}
WHERE ${p}error IS NOT NULL
GROUP BY ${p}run_id, ${p}model_version, ${p}error;

CREATE OR REPLACE VIEW ${views}drift
COMMENT 'Mean exit layer, confidence and cost of each run, and their change since the previous run' AS
SELECT run.run_id, run.model_version, run.scored_at, run.rows, run.exit_layer, run.confidence,
  run.cost, run.exit_layer - get(runs, position - 1).exit_layer AS exit_layer_change,
  run.confidence - get(runs, position - 1).confidence AS confidence_change,
  run.cost - get(runs, position - 1).cost AS cost_change
FROM (
  SELECT array_sort(collect_list(struct(
    scored_at, run_id, model_version, rows, exit_layer, confidence, cost))) AS runs
  FROM (
    SELECT ${p}run_id AS run_id, ${p}model_version AS model_version,
      min(${p}scored_at) AS scored_at, count(*) AS rows, avg(${p}exit_layer) AS exit_layer,
      avg(${p}confidence) AS confidence, sum(${p}flops) / sum(${p}flops_full) AS cost
    FROM ${predictions}
    WHERE ${p}prediction IS NOT NULL
    GROUP BY ${p}run_id, ${p}model_version))
LATERAL VIEW posexplode(runs) AS position, run;

CREATE OR REPLACE VIEW ${views}accuracy_by_cost
COMMENT 'Accuracy versus cost of each model and entropy threshold, over the rows that have a label' AS
SELECT ${p}model_version AS model_version, ${p}entropy_threshold AS entropy_threshold,
  count(*) AS rows, count_if(${p}prediction = CAST(${label} AS STRING)) / count(*) AS accuracy,
  avg(${p}layers_executed) AS layers_executed, sum(${p}flops) / sum(${p}flops_full) AS cost
FROM ${predictions}
WHERE ${p}prediction IS NOT NULL AND ${label} IS NOT NULL
GROUP BY ${p}model_version, ${p}entropy_threshold;
