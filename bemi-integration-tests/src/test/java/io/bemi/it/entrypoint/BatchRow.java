package io.bemi.it.entrypoint;

import java.util.Map;

import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.PlatformTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A step of Spring Batch.
 */
@Import(BatchStore.class)
class BatchRow implements EntryPointRow {

	private final BatchStore.Starter starter;

	private final ObjectProvider<Job> job;

	BatchRow(BatchStore.Starter starter, ObjectProvider<Job> job) {
		this.starter = starter;
		this.job = job;
	}

	@Override
	public void enter(Entry entry) {
		try {
			var parameters = new JobParametersBuilder().addString("way", entry.way().name())
				.addString("key", entry.key())
				.toJobParameters();
			assertThat(this.starter.start(this.job.getObject(), parameters).getAllFailureExceptions()).isEmpty();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public Map<String, Object> context(Entry entry) {
		return entry.context("batch", "nightly.invoices");
	}

	@Bean
	static Job nightly(JobRepository repository, PlatformTransactionManager transactions, Writes writes) {
		return new JobBuilder("nightly", repository)
			.start(new StepBuilder("invoices", repository).tasklet((contribution, chunk) -> {
				Map<String, Object> parameters = chunk.getStepContext().getJobParameters();
				writes.write(new Entry(Way.valueOf(String.valueOf(parameters.get("way"))),
						String.valueOf(parameters.get("key"))));
				return RepeatStatus.FINISHED;
			}, transactions).build())
			.build();
	}

}
