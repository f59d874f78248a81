package org.smartbert.bench.rivals;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/** The class names in the order of the models' outputs. */
record Labels(List<String> names) {
  Labels {
    names = List.copyOf(names);
  }

  /** The index of a name, from 0, as MLlib takes labels; -1 for a name that was not learned. */
  Column index(Column name) {
    return array_position(all(), name).minus(1).cast("double");
  }

  /** The name of an index. */
  Column name(Column index) {
    return element_at(all(), index.cast("int").plus(lit(1)));
  }

  private Column all() {
    return array(names.stream().map(functions::lit).toArray(Column[]::new));
  }
}
