/**
 * Contributes the past: from the history, the application's data source and its
 * persistence contexts to {@link io.bemi.timetravel.TimeTravel}.
 */
@NullMarked
package io.bemi.autoconfigure.timetravel;

import org.jspecify.annotations.NullMarked;
