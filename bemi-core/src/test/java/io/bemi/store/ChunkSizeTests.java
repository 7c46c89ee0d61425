package io.bemi.store;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ChunkSize}.
 */
class ChunkSizeTests {

	private final ChunkSize size = new ChunkSize();

	@Test
	void startsSmallAndGrowsWhileImagesAreSmall() {
		assertThat(this.size.rows()).isEqualTo(100);
		this.size.learn(100, 0);
		assertThat(this.size.rows()).isEqualTo(200);
		for (int i = 0; i < 10; i++) {
			this.size.learn(this.size.rows(), this.size.rows() * 100L);
		}
		assertThat(this.size.rows()).isEqualTo(5_000);
	}

	@Test
	void shrinksAtOnceWhenImagesAreLarge() {
		this.size.learn(100, 100L << 20);
		assertThat(this.size.rows()).isEqualTo(8);
		this.size.learn(8, 8L << 30);
		assertThat(this.size.rows()).isEqualTo(1);
		this.size.learn(1, 0);
		assertThat(this.size.rows()).isEqualTo(2);
		this.size.reset();
		assertThat(this.size.rows()).isEqualTo(100);
	}

}
