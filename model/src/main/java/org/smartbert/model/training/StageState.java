package org.smartbert.model.training;

import java.util.Map;
import org.smartbert.model.io.HostTensor;

/**
 * The state of a stage between two steps.
 *
 * @param steps optimiser steps taken
 */
record StageState(
    Map<String, HostTensor> weights,
    Map<String, HostTensor> firstMoments,
    Map<String, HostTensor> secondMoments,
    long steps) {}
