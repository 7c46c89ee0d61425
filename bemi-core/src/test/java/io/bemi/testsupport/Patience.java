package io.bemi.testsupport;

import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * How long a test waits for what must happen, unless it says so itself: long enough for a
 * machine that runs several modules at once, whose disk may be busy for seconds. It is in
 * force in every module that has these classes, by the service loader.
 */
public final class Patience implements LauncherSessionListener {

	@Override
	public void launcherSessionOpened(LauncherSession session) {
		Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
	}

}
