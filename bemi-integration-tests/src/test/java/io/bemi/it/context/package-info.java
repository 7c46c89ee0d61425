/**
 * Contexts within an application: scopes and JPA, traces, metrics, reactive clients.
 */
@NullMarked
package io.bemi.it.context;

import org.jspecify.annotations.NullMarked;
