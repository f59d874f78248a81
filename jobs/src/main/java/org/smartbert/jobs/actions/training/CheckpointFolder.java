package org.smartbert.jobs.actions.training;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.io.HostTensor;
import org.smartbert.model.io.Safetensors;
import org.smartbert.model.training.Checkpoint;
import org.smartbert.model.training.TrainingEvent;

/**
 * A run's checkpoints on any Hadoop file system: {@code STAGE-TRIAL-STEP/} with the tensors and a
 * manifest that holds their digest. A checkpoint is written under a temporary name and then
 * renamed; the last {@value #KEPT} are kept.
 */
final class CheckpointFolder {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolder.class);
  private static final int KEPT = 3;
  private static final String TENSORS = "state.safetensors";
  private static final String MANIFEST = "checkpoint.json";
  private static final String TEMPORARY = ".writing-";
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private final Path folder;
  private final FileSystem files;

  CheckpointFolder(String folder, Configuration hadoop) {
    this.folder = new Path(folder);
    try {
      this.files = this.folder.getFileSystem(hadoop);
    } catch (IOException e) {
      throw new UncheckedIOException("The checkpoints " + folder + " could not be reached", e);
    }
  }

  /**
   * What stands beside the tensors.
   *
   * @param request digest of all that the model depends on
   * @param sha256 of the tensors' file
   */
  record Manifest(
      Checkpoint.Position position,
      String request,
      String sha256,
      List<TrainingEvent.Step> steps,
      List<TrainingEvent.Validation> validations) {

    /** The events so far, in their order. */
    List<TrainingEvent> events() {
      List<TrainingEvent> events = new ArrayList<>(steps);
      events.addAll(validations);
      events.sort(
          Comparator.comparingInt(TrainingEvent::stage)
              .thenComparingInt(TrainingEvent::trial)
              .thenComparingInt(TrainingEvent::step));
      return events;
    }
  }

  /** A checkpoint that was read and found whole. */
  record Loaded(Manifest manifest, Checkpoint checkpoint) {}

  /**
   * The newest checkpoint that is whole; broken ones are passed over with a warning.
   *
   * @throws InvalidInputException if it was made for another request
   */
  Optional<String> latest(String request) {
    List<String> names = names();
    for (int i = names.size() - 1; i >= 0; i--) {
      try {
        Manifest manifest = manifest(names.get(i));
        if (!manifest.request().equals(request)) {
          throw new InvalidInputException(
              "The checkpoints in %s were made with other settings or input; repeat that command to"
                  + " go on, or give another --run-id.",
              folder);
        }
        if (sha256(new Path(new Path(folder, names.get(i)), TENSORS)).equals(manifest.sha256())) {
          return Optional.of(names.get(i));
        }
        LOG.warn("Passed over checkpoint {}: its digest does not match", names.get(i));
      } catch (IOException e) {
        LOG.warn("Passed over checkpoint {}: {}", names.get(i), e.toString());
      }
    }
    return Optional.empty();
  }

  Loaded load(String name) {
    try {
      Manifest manifest = manifest(name);
      java.nio.file.Path local = Files.createTempFile("smartbert-checkpoint-", ".safetensors");
      try {
        try (InputStream in = files.open(new Path(new Path(folder, name), TENSORS))) {
          Files.copy(in, local, StandardCopyOption.REPLACE_EXISTING);
        }
        try (Safetensors tensors = Safetensors.open(local)) {
          return new Loaded(
              manifest, new Checkpoint(manifest.position(), tensors.tensors(tensors.names())));
        }
      } finally {
        Files.delete(local);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The checkpoint " + name + " could not be read", e);
    }
  }

  void save(Checkpoint checkpoint, String request, List<TrainingEvent> events) {
    Checkpoint.Position at = checkpoint.position();
    String name = String.format("%d-%02d-%09d", at.stage(), at.trial(), at.steps());
    try {
      Path writing = new Path(folder, TEMPORARY + name);
      files.delete(writing, true);
      files.mkdirs(writing);
      Path tensors = new Path(writing, TENSORS);
      copy(checkpoint.tensors().values(), tensors);
      Manifest manifest =
          new Manifest(
              at,
              request,
              sha256(tensors),
              of(events, TrainingEvent.Step.class),
              of(events, TrainingEvent.Validation.class));
      try (OutputStream out = files.create(new Path(writing, MANIFEST))) {
        out.write(JSON.writeValueAsBytes(manifest));
      }
      Path done = new Path(folder, name);
      files.delete(done, true);
      if (!files.rename(writing, done)) {
        throw new IOException("The file system refused to rename " + writing);
      }
      prune();
    } catch (IOException e) {
      throw new UncheckedIOException("The checkpoint " + name + " could not be written", e);
    }
  }

  private void copy(Iterable<HostTensor> tensors, Path target) throws IOException {
    java.nio.file.Path local = Files.createTempFile("smartbert-checkpoint-", ".safetensors");
    try {
      List<HostTensor> all = new ArrayList<>();
      tensors.forEach(all::add);
      Safetensors.write(local, all);
      try (OutputStream out = files.create(target)) {
        Files.copy(local, out);
      }
    } finally {
      Files.delete(local);
    }
  }

  private void prune() throws IOException {
    List<String> names = names();
    for (String name : names.subList(0, Math.max(0, names.size() - KEPT))) {
      files.delete(new Path(folder, name), true);
    }
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    try {
      if (files.exists(folder)) {
        for (FileStatus status : files.listStatus(folder)) {
          if (status.isDirectory() && !status.getPath().getName().startsWith(TEMPORARY)) {
            names.add(status.getPath().getName());
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The checkpoints " + folder + " could not be listed", e);
    }
    names.sort(Comparator.naturalOrder());
    return names;
  }

  private Manifest manifest(String name) throws IOException {
    try (InputStream in = files.open(new Path(new Path(folder, name), MANIFEST))) {
      return JSON.readValue(in.readAllBytes(), Manifest.class);
    }
  }

  private String sha256(Path file) throws IOException {
    try (DigestInputStream in =
        new DigestInputStream(files.open(file), MessageDigest.getInstance("SHA-256"))) {
      in.transferTo(OutputStream.nullOutputStream());
      return HexFormat.of().formatHex(in.getMessageDigest().digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("This Java lacks SHA-256", e);
    }
  }

  private static <T extends TrainingEvent> List<T> of(List<TrainingEvent> events, Class<T> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
