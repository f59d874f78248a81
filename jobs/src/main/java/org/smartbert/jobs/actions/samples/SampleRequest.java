package org.smartbert.jobs.actions.samples;

import org.smartbert.jobs.samples.Sample;

/**
 * Writes a sample.
 *
 * @param output folder on any Hadoop file system; must not exist or be empty
 */
public record SampleRequest(Sample sample, String output) {}
