package org.smartbert.backbones.hub;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.smartbert.backbones.Downloads;
import org.smartbert.model.FailedRunException;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.io.Safetensors;

/**
 * Models of a Hugging Face hub as directories: from the hub's own cache on this machine, else
 * downloaded to a folder of ours. A directory is there whole or not at all.
 *
 * @param folder with a directory for each model and commit
 */
public record HubModels(Path folder, HubSettings settings) {
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String SHARDS = "model.safetensors.index.json";
  private static final List<String> TOKENIZER =
      List.of(
          "tokenizer.json",
          "vocab.txt",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json");

  /** Numbers from 0 on, which older versions of transformers saved among the weights. */
  private static final Pattern BUFFER = Pattern.compile(".*(position|token_type)_ids");

  private static final Object IN_THIS_PROCESS = new Object();

  /** A directory and the commit that it holds. */
  public record Found(Path directory, String commit) {}

  /**
   * The directory of a model.
   *
   * @throws InvalidInputException for a model that the hub does not have or does not give
   * @throws FailedRunException if the hub cannot be reached, or a file does not arrive whole
   */
  public Found get(HubModel model, Downloads downloads) {
    try {
      Optional<Found> local = inHubsCache(model);
      if (local.isEmpty() && (model.namesCommit() || settings.offline())) {
        local = inOurs(model);
      }
      if (local.isPresent()) {
        return local.get();
      }
      if (settings.offline()) {
        throw new InvalidInputException(
            "%s is not in the cache %s, and HF_HUB_OFFLINE is set; unset it, or give a directory.",
            model, settings.cache());
      }
      return download(model, downloads);
    } catch (IOException e) {
      throw new FailedRunException(
          model
              + " could not be downloaded from "
              + settings.endpoint()
              + " ("
              + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage())
              + "); see whether this machine reaches it, set HF_ENDPOINT to a mirror, or give a"
              + " directory.",
          e);
    }
  }

  /** The cache's layout: refs/REVISION holds a commit, snapshots/COMMIT its files. */
  private Optional<Found> inHubsCache(HubModel model) throws IOException {
    Path cached = settings.cache().resolve("models--" + model.folder());
    Path ref = cached.resolve("refs").resolve(model.revision());
    String commit = Files.isRegularFile(ref) ? Files.readString(ref).strip() : model.revision();
    Path snapshot = cached.resolve("snapshots").resolve(commit);
    boolean complete =
        Files.exists(snapshot.resolve(CONFIG))
            && Files.exists(snapshot.resolve(WEIGHTS))
            && (Files.exists(snapshot.resolve(TOKENIZER.get(0)))
                || Files.exists(snapshot.resolve(TOKENIZER.get(1))));
    return complete ? Optional.of(new Found(snapshot, commit)) : Optional.empty();
  }

  private Optional<Found> inOurs(HubModel model) throws IOException {
    Path ref = folder.resolve(model.folder()).resolve(refName(model));
    String commit = Files.isRegularFile(ref) ? Files.readString(ref).strip() : model.revision();
    Path directory = directory(model, commit);
    return Files.exists(directory) ? Optional.of(new Found(directory, commit)) : Optional.empty();
  }

  private static String refName(HubModel model) {
    return ".ref-" + model.revision().replace("/", "--");
  }

  private Path directory(HubModel model, String commit) {
    return folder.resolve(model.folder()).resolve(commit.replace("/", "--"));
  }

  private Found download(HubModel model, Downloads downloads) throws IOException {
    HubClient client = new HubClient(settings);
    RemoteFile config =
        client
            .find(model, CONFIG)
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "%s has no config.json, so that it is no model of transformers.", model));
    String commit = config.commit();
    Path target = directory(model, commit);
    Files.createDirectories(target.getParent());
    synchronized (IN_THIS_PROCESS) {
      try (FileChannel channel =
              FileChannel.open(
                  target.resolveSibling("." + commit + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        if (held.isValid() && !Files.exists(target)) {
          // Stays after a failure, so that the next call goes on from there.
          Path writing = target.resolveSibling("." + commit + ".writing");
          Files.createDirectories(writing);
          fill(client, new HubModel(model.repository(), commit), writing, downloads);
          Files.move(writing, target, StandardCopyOption.ATOMIC_MOVE);
        }
      }
    }
    Files.writeString(target.resolveSibling(refName(model)), commit);
    return new Found(target, commit);
  }

  private static void fill(HubClient client, HubModel model, Path writing, Downloads downloads)
      throws IOException {
    List<RemoteFile> small = new ArrayList<>();
    client.find(model, CONFIG).ifPresent(small::add);
    for (String name : TOKENIZER) {
      client.find(model, name).ifPresent(small::add);
    }
    for (RemoteFile file : small) {
      fetch(client, model, file, writing, downloads);
    }
    Optional<RemoteFile> weights = client.find(model, WEIGHTS);
    if (weights.isPresent()) {
      fetch(client, model, weights.get(), writing, downloads);
      return;
    }
    RemoteFile index =
        client
            .find(model, SHARDS)
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "%s has no %s; if it has a pytorch_model.bin, load it with transformers and"
                            + " save_pretrained('OUT', safe_serialization=True), then give OUT.",
                        model, WEIGHTS));
    fetch(client, model, index, writing, downloads);
    for (String shard : shards(writing.resolve(SHARDS), model)) {
      RemoteFile file =
          client
              .find(model, shard)
              .orElseThrow(
                  () ->
                      new InvalidInputException(
                          "%s lacks the file %s that its %s names.", model, shard, SHARDS));
      fetch(client, model, file, writing, downloads);
    }
    downloads.show("Joining the weights of " + model.repository(), 0, 1);
    join(writing, shards(writing.resolve(SHARDS), model));
  }

  private static void fetch(
      HubClient client, HubModel model, RemoteFile file, Path writing, Downloads downloads)
      throws IOException {
    Path done = writing.resolve(file.name());
    if (Files.exists(done) && file.matches(done)) {
      return;
    }
    Path part = writing.resolve(file.name() + ".part");
    client.download(model, file, part, downloads);
    if (!file.matches(part)) {
      Files.delete(part);
      throw new IOException(
          "the file " + file.name() + " does not have the digest " + file.digest());
    }
    Files.move(part, done, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static SortedSet<String> shards(Path index, HubModel model) throws IOException {
    try {
      JsonObject map =
          JsonParser.parseString(Files.readString(index))
              .getAsJsonObject()
              .getAsJsonObject("weight_map");
      SortedSet<String> names = new TreeSet<>();
      for (Map.Entry<String, JsonElement> entry : map.entrySet()) {
        String name = entry.getValue().getAsString();
        if (!name.matches("[\\w.-]+\\.safetensors")) {
          throw new InvalidInputException(
              "The %s of %s names the file %s, which is no safetensors file.", SHARDS, model, name);
        }
        names.add(name);
      }
      return names;
    } catch (JsonParseException
        | IllegalStateException
        | UnsupportedOperationException
        | NullPointerException e) {
      throw new InvalidInputException(
          e, "The %s of %s has no weight_map of names and files.", SHARDS, model);
    }
  }

  /** One file of several, tensor by tensor. */
  private static void join(Path folder, SortedSet<String> shards) throws IOException {
    Map<String, Safetensors> owners = new TreeMap<>();
    Map<String, List<Long>> shapes = new TreeMap<>();
    List<Safetensors> open = new ArrayList<>();
    try {
      for (String shard : shards) {
        Safetensors file = Safetensors.open(folder.resolve(shard));
        open.add(file);
        for (String name : file.names()) {
          if (BUFFER.matcher(name).matches()) {
            continue;
          }
          if (owners.put(name, file) != null) {
            throw new InvalidInputException(
                "The tensor %s stands in two of the files %s.", name, shards);
          }
          shapes.put(name, file.shape(name));
        }
      }
      Safetensors.write(folder.resolve(WEIGHTS), shapes, name -> owners.get(name).tensor(name));
    } finally {
      open.forEach(Safetensors::close);
    }
    try (Stream<String> parts = Stream.concat(shards.stream(), Stream.of(SHARDS))) {
      for (String name : parts.toList()) {
        Files.delete(folder.resolve(name));
      }
    }
  }
}
