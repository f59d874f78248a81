
  # Inference over packed rows. A method here is one native call of the adaptive engine.

  def embed(self, ids: Tensor, types: Tensor, lengths: Tensor, w: Dict[str, Tensor], eps: float, dtype: int) -> Tensor:
    return self.embeddings(ids, types, self.layout(lengths), w, eps, 0.0).to(dtype)

  def part(self, x: Tensor, start: int, lengths: Tensor) -> Tensor:
    """The rows of one call out of all packed rows, from token `start` on."""
    return torch.narrow(x, 0, start, int(torch.sum(lengths)))

  def skip_probability(self, x: Tensor, start: int, lengths: Tensor, w: Dict[str, Tensor], heads: int) -> Tensor:
    return self.gate(self.part(x, start, lengths), self.layout(lengths), w, "", heads, 0.0).to(6)

  def decide(self, x: Tensor, rows: List[Tensor], w: Dict[str, Tensor], heads: int) -> List[Tensor]:
    """z^i and its entropy in nats: logits [B, C], probabilities [B, C], entropy [B]."""
    logits = self.classifier(x, rows, w, "", heads, 0.0).to(6)
    log_p = torch.log_softmax(logits, -1)
    p = torch.exp(log_p)
    return [logits, p, torch.neg(torch.sum(p * log_p, [-1]))]

  def classify(self, x: Tensor, start: int, lengths: Tensor, w: Dict[str, Tensor], heads: int) -> List[Tensor]:
    return self.decide(self.part(x, start, lengths), self.layout(lengths), w, heads)

  def layer(self, x: Tensor, start: int, lengths: Tensor, w: Dict[str, Tensor], heads: int, eps: float) -> List[Tensor]:
    return [self.encoder_layer(self.part(x, start, lengths), self.layout(lengths), w, "", heads, eps, 0.0, 0.0)]

  def layer_and_classify(self, x: Tensor, start: int, lengths: Tensor, w: Dict[str, Tensor], heads: int, eps: float, c: Dict[str, Tensor], classifier_heads: int) -> List[Tensor]:
    rows = self.layout(lengths)
    y = self.encoder_layer(self.part(x, start, lengths), rows, w, "", heads, eps, 0.0, 0.0)
    return [y] + self.decide(y, rows, c, classifier_heads)

  def select(self, sources: List[Tensor], tokens: Tensor) -> Tensor:
    """The given tokens of the sources laid end to end."""
    return torch.index_select(torch.cat(sources, 0), 0, tokens)

  def join(self, parts: List[Tensor]) -> Tensor:
    return torch.cat(parts, 0)

  def cast(self, x: Tensor, dtype: int) -> Tensor:
    return x.to(dtype)

  def copy(self, x: Tensor) -> Tensor:
    return x.clone()

  def pack(self, weight: Tensor) -> Tensor:
    """A linear's weight in oneDNN's own layout."""
    return ops.mkldnn._reorder_linear_weight(weight, None)
