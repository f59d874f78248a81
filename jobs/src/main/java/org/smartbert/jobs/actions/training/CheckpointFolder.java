package org.smartbert.jobs.actions.training;

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
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
 * renamed; the last {@value #KEPT} are kept. Other files of the folder are not touched.
 */
final class CheckpointFolder {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointFolder.class);
  private static final int KEPT = 3;
  private static final String TENSORS = "state.safetensors";
  private static final String MANIFEST = "checkpoint.json";
  private static final String TEMPORARY = ".writing-";
  private static final Pattern NAME = Pattern.compile("([12])-(\\d{2,9})-(\\d{9,18})");

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

  /** A checkpoint's name, which says where its run stood. */
  private record Name(int stage, int trial, long step) {
    private static final Comparator<Name> ORDER =
        Comparator.comparingInt(Name::stage)
            .thenComparingInt(Name::trial)
            .thenComparingLong(Name::step);

    static Name of(Checkpoint.Position at) {
      return new Name(at.index().stage(), at.index().trial(), at.index().step());
    }

    static Optional<Name> parse(String text) {
      Matcher matcher = NAME.matcher(text);
      return matcher.matches()
          ? Optional.of(
              new Name(
                  Integer.parseInt(matcher.group(1)),
                  Integer.parseInt(matcher.group(2)),
                  Long.parseLong(matcher.group(3))))
          : Optional.empty();
    }

    @Override
    public String toString() {
      return String.format(Locale.ROOT, "%d-%02d-%09d", stage, trial, step);
    }
  }

  /** A checkpoint that was read and found whole. */
  record Loaded(CheckpointManifest manifest, Checkpoint checkpoint) {}

  /** Whether there is a checkpoint at all, whole or not. */
  boolean holdsAny() {
    return !names().isEmpty();
  }

  /**
   * The newest checkpoint that is whole; damaged ones are passed over with a warning.
   *
   * @throws InvalidInputException if it was made for another request
   */
  Optional<String> latest(String request) {
    List<Name> names = names();
    for (int i = names.size() - 1; i >= 0; i--) {
      try {
        CheckpointManifest manifest = whole(names.get(i));
        if (!manifest.request().equals(request)) {
          throw new InvalidInputException(
              "The checkpoints in %s were made with other settings or input; repeat that command to"
                  + " resume it, or give another --run-id.",
              folder);
        }
        return Optional.of(names.get(i).toString());
      } catch (IOException e) {
        LOG.warn("Skipped checkpoint {}: {}", names.get(i), e.getMessage());
      }
    }
    return Optional.empty();
  }

  private CheckpointManifest whole(Name name) throws IOException {
    CheckpointManifest manifest = manifest(name.toString());
    if (!Name.of(manifest.position()).equals(name)) {
      throw new IOException("its manifest belongs to checkpoint " + Name.of(manifest.position()));
    }
    if (!sha256(new Path(new Path(folder, name.toString()), TENSORS)).equals(manifest.sha256())) {
      throw new IOException("its digest does not match");
    }
    return manifest;
  }

  Loaded load(String name) {
    try {
      CheckpointManifest manifest = manifest(name);
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

  /** The seconds that the run had taken when a checkpoint was saved, over all attempts. */
  double seconds(String name) {
    try {
      return manifest(name).seconds();
    } catch (IOException e) {
      throw new UncheckedIOException("The checkpoint " + name + " could not be read", e);
    }
  }

  void save(Checkpoint checkpoint, String request, double seconds, List<TrainingEvent> events) {
    Name name = Name.of(checkpoint.position());
    try {
      // A worker of a broken attempt may still be writing when the next attempt has begun.
      Path writing = new Path(folder, TEMPORARY + name + "-" + UUID.randomUUID());
      files.mkdirs(writing);
      Path tensors = new Path(writing, TENSORS);
      copy(checkpoint.tensors().values(), tensors);
      CheckpointManifest manifest =
          new CheckpointManifest(
              checkpoint.position(),
              request,
              sha256(tensors),
              seconds,
              of(events, TrainingEvent.Step.class),
              of(events, TrainingEvent.Validation.class));
      try (OutputStream out = files.create(new Path(writing, MANIFEST))) {
        out.write(manifest.json());
      }
      Path done = new Path(folder, name.toString());
      files.delete(done, true);
      if (!files.rename(writing, done)) {
        throw new IOException("The file system refused to rename " + writing);
      }
      prune();
    } catch (IOException e) {
      throw new UncheckedIOException("The checkpoint " + name + " could not be written", e);
    }
  }

  /** Removes all checkpoints: the run cannot resume from them. */
  void discard() {
    try {
      files.delete(folder, true);
    } catch (IOException e) {
      LOG.warn("The checkpoints {} could not be removed: {}", folder, e.toString());
    }
  }

  /** Removes what attempts that were cut off had begun to write. */
  void removeUnfinished() {
    try {
      for (FileStatus status : entries()) {
        if (status.getPath().getName().startsWith(TEMPORARY)) {
          files.delete(status.getPath(), true);
        }
      }
    } catch (IOException e) {
      LOG.warn("Unfinished checkpoints in {} could not be removed: {}", folder, e.toString());
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
    List<Name> names = names();
    for (Name name : names.subList(0, Math.max(0, names.size() - KEPT))) {
      files.delete(new Path(folder, name.toString()), true);
    }
  }

  private List<Name> names() {
    List<Name> names = new ArrayList<>();
    try {
      for (FileStatus status : entries()) {
        if (status.isDirectory()) {
          Name.parse(status.getPath().getName()).ifPresent(names::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The checkpoints " + folder + " could not be listed", e);
    }
    names.sort(Name.ORDER);
    return names;
  }

  private FileStatus[] entries() throws IOException {
    return files.exists(folder) ? files.listStatus(folder) : new FileStatus[0];
  }

  private CheckpointManifest manifest(String name) throws IOException {
    try (InputStream in = files.open(new Path(new Path(folder, name), MANIFEST))) {
      return CheckpointManifest.parse(in.readAllBytes());
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
