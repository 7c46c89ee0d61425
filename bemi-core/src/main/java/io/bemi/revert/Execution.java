package io.bemi.revert;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongConsumer;

import io.bemi.revert.RevertStep.Action;
import io.bemi.revert.Verification.Mismatch;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to do all of a plan, within a transaction that is under way.
 */
final class Execution {

	private final Connection connection;

	private final RevertOptions options;

	private final Resolutions resolutions;

	private final SessionFormat format;

	Execution(Connection connection, RevertOptions options) throws SQLException {
		this.connection = connection;
		this.options = options;
		this.resolutions = new Resolutions(options);
		this.format = new SessionFormat(connection);
	}

	RevertReport run(RevertPlan plan, Map<String, Object> context, LongConsumer progress) throws SQLException {
		List<Work> wanted = plan.works(this.resolutions);
		this.resolutions.check();
		// Before rows are locked: who waits for one would stand in the way.
		Triggers silenced = Triggers.silence(this.connection, quiet(wanted));
		this.format.likeTheHistory();
		List<Work> works = new Inspection(this.connection, this.resolutions, true).inspect(wanted);
		this.resolutions.check();
		List<List<Work>> groups = order(works);
		this.resolutions.check();
		this.format.likeTheApplication();
		StepWriter writer = new StepWriter(this.connection, progress, false);
		if (!groups.isEmpty()) {
			write(groups, writer);
		}
		silenced.restore();
		return report(writer, context);
	}

	/**
	 * The same without looking again first: what is written has to be as it was seen.
	 * @throws ChangedSinceException when anything is not
	 */
	RevertReport runAsSeen(List<List<Work>> groups, Map<String, Object> context, LongConsumer progress)
			throws SQLException {
		StepWriter writer = new StepWriter(this.connection, progress, true);
		execute("SET CONSTRAINTS ALL DEFERRED");
		for (List<Work> group : groups) {
			writer.write(group);
			if (writer.isDisturbed()) {
				throw new ChangedSinceException();
			}
		}
		if (!verify(new Verification(this.connection, groups, false)).isEmpty()) {
			throw new ChangedSinceException();
		}
		execute("SET CONSTRAINTS ALL IMMEDIATE");
		return report(writer, context);
	}

	private RevertReport report(StepWriter writer, Map<String, Object> context) throws SQLException {
		return new RevertReport(transactionId(), writer.count(Action.INSERT), writer.count(Action.UPDATE),
				writer.count(Action.DELETE), this.resolutions.passed(), context);
	}

	private List<List<Work>> order(List<Work> works) {
		List<Work> left = works;
		while (true) {
			StepOrder order = new StepOrder(left);
			List<List<Work>> groups = order.order();
			if (order.stuck().isEmpty()) {
				return groups;
			}
			boolean skipped = true;
			for (Work work : order.stuck()) {
				skipped &= this.resolutions.skip(work.conflict(ConflictKind.NO_ORDER, List.of(),
						"it depends on records that depend on it, and no constraint between them can wait"));
			}
			if (!skipped) {
				return List.of();
			}
			left = left.stream().filter((work) -> !order.stuck().contains(work)).toList();
		}
	}

	private void write(List<List<Work>> groups, StepWriter writer) throws SQLException {
		execute("SET CONSTRAINTS ALL DEFERRED");
		for (List<Work> group : groups) {
			writer.write(group);
		}
		verify(groups, writer);
		execute("SET CONSTRAINTS ALL IMMEDIATE");
	}

	private List<LiveTable> quiet(List<Work> works) {
		return this.options.triggers() ? List.of()
				: works.stream().map(Work::table).distinct().filter(LiveTable::triggers).toList();
	}

	private void verify(List<List<Work>> groups, StepWriter writer) throws SQLException {
		boolean all = writer.isDisturbed() || (this.options.triggers() && Verification.isNeeded(groups));
		Verification verification = new Verification(this.connection, groups, all);
		List<Mismatch> mismatches = verify(verification);
		if (mismatches.isEmpty()) {
			return;
		}
		List<Work> remedies = new ArrayList<>();
		mismatches.forEach((mismatch) -> {
			if (mismatch.remedy() != null) {
				remedies.add(mismatch.remedy());
			}
		});
		new StepWriter(this.connection, (count) -> {
		}, false).write(remedies);
		for (Mismatch mismatch : verify(verification)) {
			this.resolutions.skip(mismatch.conflict());
		}
		this.resolutions.check();
	}

	private List<Mismatch> verify(Verification verification) throws SQLException {
		this.format.likeTheHistory();
		List<Mismatch> mismatches = verification.check();
		this.format.likeTheApplication();
		return mismatches;
	}

	private @Nullable Long transactionId() throws SQLException {
		try (Statement statement = this.connection.createStatement();
				ResultSet row = statement.executeQuery("SELECT pg_catalog.pg_current_xact_id_if_assigned()::text")) {
			row.next();
			String id = row.getString(1);
			return (id != null) ? Long.valueOf(Objects.requireNonNull(id)) : null;
		}
	}

	private void execute(String sql) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.setEscapeProcessing(false);
			statement.execute(sql);
		}
	}

	/**
	 * Something is not as it was seen when the plan was made.
	 */
	static final class ChangedSinceException extends RuntimeException {

		@java.io.Serial
		private static final long serialVersionUID = 1L;

		ChangedSinceException() {
			super("A row has changed since the plan was made");
		}

		ChangedSinceException(SQLException refusal) {
			super(refusal.getMessage(), refusal);
		}

	}

}
