package org.smartbert.model.inference;

/** Whether the skipping gates decide, or every layer is executed ("exit only"). */
public enum Gates {
  ON,
  OFF
}
