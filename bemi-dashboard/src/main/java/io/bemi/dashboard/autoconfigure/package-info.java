/**
 * Auto-configuration of the dashboard: off unless it is asked for.
 */
@NullMarked
package io.bemi.dashboard.autoconfigure;

import org.jspecify.annotations.NullMarked;
