package org.smartbert.jobs.io.text;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/**
 * The records of a task's parts as rows: the columns, the partition columns, {@link #FILE}, {@link
 * #START} and {@link #LINE}, and for a malformed record, whose columns are null, {@link #FLAW} and
 * {@link #RAW}.
 */
final class PartRows implements Iterator<Row> {
  /** The file's path. */
  static final String FILE = "__file";

  /** First byte of the part that the line is counted from. */
  static final String START = "__start";

  static final String LINE = "__line";

  /** Name of the {@link Flaw}. */
  static final String FLAW = "__flaw";

  static final String RAW = "__raw";

  private final Iterator<Row> parts;
  private final int columns;
  private final Dialect dialect;
  private final Map<String, int[]> orders;
  private final Configuration hadoop;
  private final JsonCheck check = new JsonCheck();
  private Row part;
  private int[] order;
  private Records records;
  private TextRecord ahead;

  /**
   * @param parts rows of {@link TextFiles#parts}
   * @param columns of the files, without partition columns
   * @param orders for files with the columns in another order: the place of each column in the file
   */
  PartRows(
      Iterator<Row> parts,
      int columns,
      Dialect dialect,
      Map<String, int[]> orders,
      Configuration hadoop) {
    this.parts = parts;
    this.columns = columns;
    this.dialect = dialect;
    this.orders = orders;
    this.hadoop = hadoop;
    TaskCompletionListener close = task -> close();
    TaskContext.get().addTaskCompletionListener(close);
  }

  /** The schema of the rows. */
  static StructType schema(List<String> columns, List<String> partitions) {
    StructType schema = new StructType();
    for (String name : columns) {
      schema = schema.add(name, DataTypes.StringType);
    }
    for (String name : partitions) {
      schema = schema.add(name, DataTypes.StringType);
    }
    return schema
        .add(FILE, DataTypes.StringType)
        .add(START, DataTypes.LongType)
        .add(LINE, DataTypes.LongType)
        .add(FLAW, DataTypes.StringType)
        .add(RAW, DataTypes.StringType);
  }

  @Override
  public boolean hasNext() {
    while (ahead == null) {
      if (records == null) {
        if (!parts.hasNext()) {
          return false;
        }
        open(parts.next());
      }
      ahead = checked(records.next(columns));
      if (ahead == null) {
        close();
      }
    }
    return true;
  }

  private TextRecord checked(TextRecord record) {
    if (record == null || record.flaw() != null || !dialect.isJson()) {
      return record;
    }
    String value = record.fields()[0];
    return check
        .of(value)
        .map(flaw -> TextRecord.malformed(record.line(), flaw, value))
        .orElse(record);
  }

  private void open(Row next) {
    part = next;
    order = orders.get(next.getString(0));
    FilePart lines = new FilePart(next.getString(0), next.getLong(1), next.getLong(2));
    records =
        dialect.wholeJson()
            ? new JsonValues(lines.path(), dialect, hadoop)
            : new DelimitedRecords(lines, dialect, hadoop);
    if (dialect.header() && lines.start() == 0) {
      records.next(-1);
    }
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    TextRecord record = ahead;
    ahead = null;
    List<Object> values = new ArrayList<>(part.size() + columns + 5);
    for (int i = 0; i < columns; i++) {
      values.add(record.fields() == null ? null : record.fields()[order == null ? i : order[i]]);
    }
    for (int i = TextFiles.PART_COLUMNS; i < part.size(); i++) {
      values.add(part.get(i));
    }
    values.addAll(List.of(part.getString(0), part.getLong(1), record.line()));
    values.add(record.flaw() == null ? null : record.flaw().name());
    values.add(record.raw());
    return RowFactory.create(values.toArray());
  }

  private void close() {
    if (records != null) {
      records.close();
      records = null;
    }
  }
}
