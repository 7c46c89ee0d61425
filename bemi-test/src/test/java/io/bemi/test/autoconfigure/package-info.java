@NullMarked
package io.bemi.test.autoconfigure;

import org.jspecify.annotations.NullMarked;
