package io.bemi.sample.dashboard;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;

import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.UserDetailsManager;

/**
 * A few people and their todos: what the screens show when they are looked at.
 */
final class Household {

	/** Made by the request that completes all, of which one is changed later. */
	static final String REQUEST = "complete-all-5c1f";

	static final String TRACE = "7d3e0f4b9a2c4e51b6d8f0a1c2e3f405";

	private static final List<String> PEOPLE = List.of("ann", "ben", "carla");

	private static final List<String> TASKS = List.of("Water the plants", "Call the landlord about the heating",
			"Buy bread, milk and coffee", "Renew the passport", "Book train tickets to Vienna",
			"Pay the electricity bill", "Return the library books", "Fix the bicycle light",
			"Write a card for Emma’s birthday", "Make an appointment with the dentist", "Clean the kitchen",
			"Send the tax return", "Back up the photos", "Cancel the gym membership",
			"Order a new filter for the coffee machine", "Sort the winter clothes", "Plan the weekend in the mountains",
			"Bring the parcel to the post office");

	private static final String LONG = "Ask the neighbours whether they could water the plants and empty the letter box next week";

	private static final int AWAKE_FROM = 8;

	private static final int AWAKE_UNTIL = 20;

	private final Sample sample;

	private final List<Long> todos = new ArrayList<>();

	private final long described;

	private Household(Sample sample) {
		this.sample = sample;
		UserDetailsManager users = (UserDetailsManager) sample.application().getBean(UserDetailsService.class);
		PEOPLE.forEach((name) -> users.createUser(User.withUsername(name).password("{noop}secret").roles().build()));
		this.described = by("ann").create(LONG);
	}

	/**
	 * Lets them live for some days.
	 */
	static Household move(Sample sample) {
		Household household = new Household(sample);
		household.live();
		return household;
	}

	private void live() {
		for (int number = 0; number < TASKS.size(); number++) {
			long id = by(PEOPLE.get(number % 5 % 3)).create(TASKS.get(number));
			this.todos.add(id);
			if (number % 3 == 1) {
				change(PEOPLE.get(number % 2), this.todos.get(number / 2), "{\"isCompleted\": true}");
			}
			if (number % 4 == 2) {
				change(PEOPLE.get((number + 1) % 3), id, "{\"task\": \"" + TASKS.get(number) + " (today)\"}");
			}
			if (number % 7 == 5) {
				by("ben").send("DELETE", "/todos/" + this.todos.get(number - 1), "");
			}
		}
		change("ben", this.described,
				"{\"task\": \"" + LONG.replace("next week", "in the first week of December") + "\"}");
		by("carla").trace(TRACE).create("Buy candles");
		by("carla").trace(TRACE)
			.send("PUT", "/todos/" + this.todos.get(17), "{\"task\": \"Bring both parcels to the post office\"}");
		by("ben").id(REQUEST).send("POST", "/todos/complete", "");
		change("ann", this.todos.get(13), "{\"isCompleted\": false}");
		change("ann", this.described, "{\"isCompleted\": false, \"task\": \""
				+ LONG.replace("next week", "in the first two weeks of December") + "\"}");
		this.sample.awaitChanges(this.described, 4);
	}

	private Sample.Request by(String user) {
		return this.sample.new Request(user);
	}

	private void change(String user, long id, String json) {
		by(user).send("PUT", "/todos/" + id, json);
	}

	/** The todo that has been described three times. */
	long described() {
		return this.described;
	}

	String transactionOfRequest() {
		return this.sample.database()
			.query("SELECT transaction_id FROM bemi.changes WHERE metadata ->> 'requestId' = '" + REQUEST + "' LIMIT 1")
			.get(0);
	}

	/**
	 * Moves what they have done into the days before. Nothing but pictures need that: the
	 * database says when something was committed, and only now can be.
	 */
	void spread(int days) {
		List<String> positions = this.sample.database().query("SELECT DISTINCT position FROM bemi.change ORDER BY 1");
		this.sample.database()
			.execute("UPDATE bemi.baseline SET committed_at = committed_at - interval '30 days'",
					"UPDATE bemi.source SET started_at = started_at - interval '30 days'");
		ZonedDateTime end = ZonedDateTime.now(ZoneId.of("Europe/Berlin")).minusMinutes(12);
		Duration awake = Duration.ofHours(AWAKE_UNTIL - AWAKE_FROM).multipliedBy(days);
		for (int number = 0; number < positions.size(); number++) {
			double share = (positions.size() - 1.0 - number) / positions.size();
			// In bursts, and never at the same time.
			double uneven = share + 0.04 * Math.sin(share * 40) * share * (1 - share);
			Instant at = earlier(end, Duration.ofMillis((long) (awake.toMillis() * uneven))).toInstant();
			for (String table : List.of("change", "context")) {
				this.sample.database()
					.execute("UPDATE bemi." + table + " SET committed_at = '" + at + "' WHERE position = '"
							+ positions.get(number) + "'");
			}
		}
	}

	/**
	 * The moment so much time earlier that they were awake.
	 */
	private static ZonedDateTime earlier(ZonedDateTime end, Duration awake) {
		ZonedDateTime latest = end;
		Duration left = awake;
		while (true) {
			ZonedDateTime morning = latest.toLocalDate().atTime(AWAKE_FROM, 0).atZone(end.getZone());
			Duration today = Duration.between(morning, latest);
			if (today.compareTo(left) >= 0) {
				return latest.minus(left);
			}
			left = today.isNegative() ? left : left.minus(today);
			latest = latest.toLocalDate().minusDays(1).atTime(AWAKE_UNTIL, 0).atZone(end.getZone());
		}
	}

}
