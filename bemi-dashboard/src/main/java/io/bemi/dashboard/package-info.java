/**
 * What an application may say about its dashboard: beans that hide columns and rows, let
 * customers see a record's history, and record who looked at what.
 */
@NullMarked
package io.bemi.dashboard;

import org.jspecify.annotations.NullMarked;
