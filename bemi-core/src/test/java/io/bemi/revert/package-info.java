@NullMarked
package io.bemi.revert;

import org.jspecify.annotations.NullMarked;
