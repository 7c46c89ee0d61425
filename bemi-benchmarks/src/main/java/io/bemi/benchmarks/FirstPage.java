package io.bemi.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The first look at the dashboard: the page, its files and all that the overview asks
 * for, in the order in which the page asks.
 *
 * @param millis how long it took
 * @param bytes of all bodies, as they were sent
 */
record FirstPage(double millis, long bytes) {

	/** As many connections as a browser opens. */
	static final int CONNECTIONS = 6;

	private static final Pattern FILE = Pattern.compile("(?:src|href)=\"([^\"]+)\"");

	/** The chart's, which the page's script names. */
	private static final Pattern LATER = Pattern.compile("\\./(Chart-[A-Za-z0-9_-]+\\.(?:js|css))");

	private static final List<DashboardQuestion> ASKED = List.of(DashboardQuestion.TABLES, DashboardQuestion.STATUS,
			DashboardQuestion.COUNTS_OPERATION, DashboardQuestion.TOP_TABLE, DashboardQuestion.TOP_USER,
			DashboardQuestion.TOP_ENDPOINT, DashboardQuestion.TOP_TRANSACTION, DashboardQuestion.TOP_ENTRY_POINT);

	static FirstPage look(DashboardClient client, ReadStore store, ExecutorService threads)
			throws InterruptedException, ExecutionException {
		Random random = new Random(1);
		Stopwatch watch = new Stopwatch();
		DashboardClient.Answer page = client.get("/bemi");
		long bytes = page.sent().length;
		List<Future<DashboardClient.Answer>> answers = new ArrayList<>();
		List<String> files = found(FILE, page.text());
		for (String file : files) {
			answers.add(threads.submit(() -> client.get(file)));
		}
		List<String> later = new ArrayList<>();
		for (Future<DashboardClient.Answer> answer : answers) {
			bytes += answer.get().sent().length;
			later.addAll(found(LATER, answer.get().text()));
		}
		bytes += client.get(DashboardQuestion.ME.path(client, store, random)).sent().length;
		answers.clear();
		for (DashboardQuestion question : ASKED) {
			answers.add(threads.submit(() -> client.get(question.path(client, store, random))));
		}
		for (String file : later.stream().distinct().toList()) {
			answers.add(threads.submit(() -> client.get("/bemi/assets/" + file)));
		}
		for (Future<DashboardClient.Answer> answer : answers) {
			bytes += answer.get().sent().length;
		}
		double millis = watch.milliseconds();
		if (files.size() < 3 || later.isEmpty()) {
			throw new IllegalStateException("The page names the files " + files + " and " + later);
		}
		return new FirstPage(millis, bytes);
	}

	private static List<String> found(Pattern pattern, String text) {
		Matcher matcher = pattern.matcher(text);
		List<String> found = new ArrayList<>();
		while (matcher.find()) {
			found.add(matcher.group(1));
		}
		return found;
	}

}
