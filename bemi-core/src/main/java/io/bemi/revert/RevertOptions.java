package io.bemi.revert;

import java.util.EnumMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.util.Assert;

/**
 * How a plan is executed. Immutable: each method returns other options.
 */
public final class RevertOptions {

	private static final RevertOptions DEFAULTS = new RevertOptions(Map.of(), null, null, true);

	private final Map<ConflictKind, Resolution> resolutions;

	private final @Nullable String by;

	private final @Nullable String reason;

	private final boolean triggers;

	private RevertOptions(Map<ConflictKind, Resolution> resolutions, @Nullable String by, @Nullable String reason,
			boolean triggers) {
		this.resolutions = resolutions;
		this.by = by;
		this.reason = reason;
		this.triggers = triggers;
	}

	/**
	 * All or nothing: any conflict aborts, and the application's triggers fire.
	 */
	public static RevertOptions defaults() {
		return DEFAULTS;
	}

	/**
	 * What becomes of conflicts of a kind.
	 * @param kind the kind
	 * @param resolution what becomes of them
	 * @throws IllegalArgumentException when that cannot be done about them
	 */
	public RevertOptions on(ConflictKind kind, Resolution resolution) {
		Assert.notNull(kind, "'kind' must not be null");
		Assert.isTrue(kind.possible().contains(resolution),
				() -> "'resolution' of " + kind + " must be one of " + kind.possible() + ", but is " + resolution);
		Map<ConflictKind, Resolution> resolutions = new EnumMap<>(ConflictKind.class);
		resolutions.putAll(this.resolutions);
		resolutions.put(kind, resolution);
		return new RevertOptions(resolutions, this.by, this.reason, this.triggers);
	}

	/**
	 * Who reverts, for the history. The context of the thread is recorded anyway.
	 * @param by a name
	 */
	public RevertOptions by(@Nullable String by) {
		return new RevertOptions(this.resolutions, by, this.reason, this.triggers);
	}

	/**
	 * Why, for the history.
	 * @param reason a few words
	 */
	public RevertOptions reason(@Nullable String reason) {
		return new RevertOptions(this.resolutions, this.by, reason, this.triggers);
	}

	/**
	 * Triggers of the tables concerned do not fire while the revert writes. Needs their
	 * owner, and keeps others from writing to these tables until the revert has
	 * committed. Foreign keys work as always.
	 */
	public RevertOptions withoutTriggers() {
		return new RevertOptions(this.resolutions, this.by, this.reason, false);
	}

	/**
	 * What becomes of conflicts of a kind.
	 * @param kind the kind
	 */
	public Resolution resolution(ConflictKind kind) {
		return this.resolutions.getOrDefault(kind, Resolution.ABORT);
	}

	/**
	 * Who reverts; {@code null} when nobody said so.
	 */
	public @Nullable String by() {
		return this.by;
	}

	/**
	 * Why; {@code null} when nobody said so.
	 */
	public @Nullable String reason() {
		return this.reason;
	}

	/**
	 * Whether triggers fire.
	 */
	public boolean triggers() {
		return this.triggers;
	}

}
