/**
 * Random programs of an application, and a model that says which context each row of them
 * has to have.
 */
@NullMarked
package io.bemi.model;

import org.jspecify.annotations.NullMarked;
