package io.bemi.revert;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Decides conflicts as the options say, and keeps them.
 */
final class Resolutions {

	private final RevertOptions options;

	private final Set<RevertConflict> open = new LinkedHashSet<>();

	private final Set<RevertConflict> passed = new LinkedHashSet<>();

	Resolutions(RevertOptions options) {
		this.options = options;
	}

	Resolution resolve(RevertConflict conflict) {
		Resolution resolution = this.options.resolution(conflict.kind());
		((resolution != Resolution.ABORT) ? this.passed : this.open).add(conflict);
		return resolution;
	}

	Resolution option(ConflictKind kind) {
		return this.options.resolution(kind);
	}

	/**
	 * A conflict that cannot be overwritten.
	 * @return whether it is skipped
	 */
	boolean skip(RevertConflict conflict) {
		if (this.options.resolution(conflict.kind()) == Resolution.SKIP) {
			this.passed.add(conflict);
			return true;
		}
		this.open.add(conflict);
		return false;
	}

	List<RevertConflict> open() {
		return new ArrayList<>(this.open);
	}

	List<RevertConflict> passed() {
		return new ArrayList<>(this.passed);
	}

	/**
	 * Aborts if anything is to.
	 */
	void check() {
		if (!this.open.isEmpty()) {
			throw new RevertConflictException(open(), null);
		}
	}

}
