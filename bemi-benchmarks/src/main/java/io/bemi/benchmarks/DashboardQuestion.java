package io.bemi.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.util.Random;

import io.bemi.query.Json;

/**
 * What is asked of the dashboard's API.
 */
enum DashboardQuestion {

	/** A table. */
	TABLE(Kind.FILTER, "/changes?table={table}"),

	/** An operation within a table. */
	OPERATION(Kind.FILTER, "/changes?table={table}&operation=UPDATE"),

	/** A record. */
	RECORD(Kind.FILTER, "/changes?schema=public&table={record-table}&record={record}"),

	/** A context key that one in a thousand transactions has. */
	USER(Kind.FILTER, "/changes?context.user=user-{user}"),

	/** A context key that one in ten transactions has. */
	TENANT(Kind.FILTER, "/changes?context.tenant=tenant-{tenant}"),

	/** A user within a table. */
	USER_TABLE(Kind.FILTER, "/changes?context.user=user-{user}&table={table}"),

	/** A context key that all transactions have. */
	ENDPOINT(Kind.FILTER, "/changes?context.endpoint=PUT%20/orders/%7Bid%7D"),

	/** A request. */
	REQUEST(Kind.FILTER, "/changes?request={request}"),

	/** A trace over three transactions. */
	TRACE(Kind.FILTER, "/changes?trace={trace}"),

	/** A transaction. */
	TRANSACTION(Kind.FILTER, "/changes?transaction={transaction}"),

	/** A day. */
	DAY(Kind.FILTER, "/changes?since={day}&until={day-end}"),

	/** A table within a day. */
	TABLE_DAY(Kind.FILTER, "/changes?table={table}&since={day}&until={day-end}"),

	/** A user within a month. */
	USER_MONTH(Kind.FILTER, "/changes?context.user=user-{user}&since={day}&until={month-end}"),

	/** The newest changes. */
	NEWEST(Kind.FILTER, "/changes?"),

	/** A page somewhere in the history. */
	DEEP_PAGE(Kind.FILTER, "/changes?cursor={cursor}"),

	/** A page somewhere among the changes of a table. */
	TABLE_DEEP_PAGE(Kind.FILTER, "/changes?table={table}&cursor={cursor}"),

	/** What a transaction did, as its screen asks. */
	TRANSACTION_SCREEN(Kind.FILTER, "/transactions/{transaction}"),

	/** Changes over the last day, by operation. */
	COUNTS_OPERATION(Kind.OVERVIEW, "/counts?by=operation&bucket=HOUR&zone=Europe/Berlin&{last-day}"),

	/** Changes over the last day, by table. */
	COUNTS_TABLE(Kind.OVERVIEW, "/counts?by=table&bucket=HOUR&zone=Europe/Berlin&{last-day}"),

	/** Changes over the last day, by user. */
	COUNTS_USER(Kind.OVERVIEW, "/counts?by=context.user&bucket=HOUR&zone=Europe/Berlin&{last-day}"),

	/** The tables with the most changes. */
	TOP_TABLE(Kind.OVERVIEW, "/top?by=table&limit=8&{last-day}"),

	/** The users with the most changes. */
	TOP_USER(Kind.OVERVIEW, "/top?by=context.user&limit=8&{last-day}"),

	/** The endpoints with the most changes. */
	TOP_ENDPOINT(Kind.OVERVIEW, "/top?by=context.endpoint&limit=8&{last-day}"),

	/** The transactions with the most changes. */
	TOP_TRANSACTION(Kind.OVERVIEW, "/top?by=transaction&limit=8&{last-day}"),

	/** The entry points with the most changes. */
	TOP_ENTRY_POINT(Kind.OVERVIEW, "/top?by=context._bemi.entryPoint&limit=8&{last-day}"),

	/** Who asks. */
	ME(Kind.OVERVIEW, "/me"),

	/** Which tables there are. */
	TABLES(Kind.OVERVIEW, "/tables"),

	/** How recording is, which includes a wait for ingestion. */
	STATUS(Kind.STATUS, "/status");

	static final String API = "/bemi/api/v1";

	private final Kind kind;

	private final String template;

	DashboardQuestion(Kind kind, String template) {
		this.kind = kind;
		this.template = template;
	}

	Kind kind() {
		return this.kind;
	}

	/**
	 * The path to ask, with values drawn at random.
	 */
	String path(DashboardClient client, ReadStore store, Random random) {
		int record = store.anyRecord(random);
		int transaction = store.anyTransaction(random);
		Instant day = store.moment(random.nextDouble() * 0.95, ReadComparison.PER_MONTH);
		String path = API + this.template.replace("{table}", "table_" + random.nextInt(ReadStore.TABLES))
			.replace("{record}", Integer.toString(record))
			.replace("{record-table}", "table_" + record % ReadStore.TABLES)
			.replace("{user}", Integer.toString(1 + random.nextInt(ReadStore.USERS - 1)))
			.replace("{tenant}", Integer.toString(random.nextInt(10)))
			.replace("{request}", Question.md5("r" + transaction))
			.replace("{trace}", Question.md5("t" + transaction / 3))
			.replace("{transaction}", Integer.toString(transaction))
			.replace("{day}", day.toString())
			.replace("{day-end}", day.plus(Duration.ofDays(1)).toString())
			.replace("{month-end}", day.plus(Duration.ofDays(30)).toString())
			.replace("{last-day}", lastDay(store));
		return path.contains("{cursor}") ? path.replace("{cursor}", cursor(client, day)) : path;
	}

	/**
	 * The range that the overview has by default, if the history ended now.
	 */
	private static String lastDay(ReadStore store) {
		Instant end = store.end(ReadComparison.PER_MONTH);
		return "since=" + end.minus(Duration.ofDays(1)) + "&until=" + end;
	}

	private static String cursor(DashboardClient client, Instant until) {
		String page = client.get(API + "/changes?limit=1&until=" + until).text();
		return String.valueOf(Json.readObject(page).get("next"));
	}

	/**
	 * What is measured together.
	 */
	enum Kind {

		/** Which an index answers. */
		FILTER(25),

		/** What the overview asks for. */
		OVERVIEW(10),

		/** What is kept for some seconds. */
		STATUS(1);

		private final int calls;

		Kind(int calls) {
			this.calls = calls;
		}

		/**
		 * How often each is asked in a round.
		 */
		int calls() {
			return this.calls;
		}

	}

}
