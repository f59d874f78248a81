package org.smartbert.model.training;

import org.smartbert.model.text.EncodedText;

/** A row and the index of its class. */
public record LabelledText(EncodedText text, int label) {}
