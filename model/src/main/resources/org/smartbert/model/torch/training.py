
  # Training. All trained parameters are one flat vector, so that torch.grad returns one contiguous
  # gradient (the all-reduce buffer) and the optimiser is one call. Every term is a SUM over the
  # rows at hand; the caller divides by the rows of the global batch.

  def views(self, flat: Tensor, names: str, sizes: List[int], columns: List[int], dtype: int) -> Dict[str, Tensor]:
    """Named views of a flat vector. columns: 0 for a vector, else the columns of a matrix."""
    w: Dict[str, Tensor] = {}
    if len(sizes) > 0:
      parts = torch.split_with_sizes(flat.to(dtype), sizes, 0)
      for i, name in enumerate(names.split(" ")):
        w[name] = parts[i] if columns[i] == 0 else parts[i].view([-1, columns[i]])
    return w

  def weights(self, trained: Tensor, trained_names: str, trained_sizes: List[int], trained_columns: List[int], frozen: Tensor, frozen_names: str, frozen_sizes: List[int], frozen_columns: List[int], dtype: int) -> Dict[str, Tensor]:
    w = self.views(trained, trained_names, trained_sizes, trained_columns, dtype)
    w.update(self.views(frozen, frozen_names, frozen_sizes, frozen_columns, dtype))
    return w

  def contrast_head(self, x: Tensor, w: Dict[str, Tensor], name: str, eps: float) -> Tensor:
    """f of equations 4 and 5, scaled to unit length for the cosine: [T, D] -> [T, A]."""
    p = torch.tanh(self.layer_norm(self.linear(x, w, name + "0"), w, name + "1", eps))
    p = self.linear(p, w, name + "3").to(FLOAT32)
    return p / torch.clamp_min(torch.sqrt(torch.sum(p * p, [1], keepdim=True)), 1e-8)

  def contrast(self, p: Tensor, q: Tensor, rows: Dict[str, Tensor], tau: float) -> Tensor:
    """Equations 4 and 5 for one pair of layers, p and q [T, A]: the mean over a row's tokens of
    -log(exp(s(p_m, q_m)/tau) / sum_k exp(s(p_m, q_k)/tau)), summed over rows."""
    scores = self.to_rectangle(p, rows) @ self.to_rectangle(q, rows).transpose(1, 2) / tau
    log_p = torch.log_softmax(scores + rows["mask"].unsqueeze(1), -1)
    positive = torch.diagonal(log_p, 0, 1, 2).masked_fill(rows["mask"] < 0.0, 0.0)
    return torch.neg(torch.sum(torch.sum(positive, [1]) / rows["lengths"]))

  def cross_entropy(self, logits: Tensor, labels: Tensor, class_weights: Tensor, smoothing: float) -> Tensor:
    return torch.cross_entropy_loss(logits.to(FLOAT32), labels, class_weights, 2, -100, smoothing)

  def skips(self, g: Tensor, threshold: float) -> Tensor:
    """1[G >= threshold]. In float64, as inference compares: a threshold rounded to G's type may fall on its other side."""
    return (g.to(FLOAT64) >= threshold).to(g.dtype)

  def hard(self, g: Tensor, threshold: float) -> Tensor:
    """Equations 11 and 12: forward 1[G >= threshold], backward the soft gradient."""
    return self.skips(g, threshold) + (g - g.detach())

  def blend(self, g: Tensor, x: Tensor, e: Tensor, rows: Dict[str, Tensor]) -> Tensor:
    """Equation 1: X^i = G X^(i-1) + (1 - G) E^i(X^(i-1)), one G a row."""
    t = torch.repeat_interleave(g, rows["lengths"]).unsqueeze(1)
    return t * x + (1.0 - t) * e

  def encode(self, w: Dict[str, Tensor], ids: Tensor, types: Tensor, lengths: Tensor, layers: int, heads: int, gate_heads: int, eps: float, dropout: float, attention_dropout: float, hard_gates: bool, threshold: float, tau: float) -> List[Tensor]:
    """X^L; the sum over rows of the contrastive term; and that of the gates, by layer [L]. A network without
    gates executes every layer; one without contrast heads has no contrastive term."""
    rows = self.layout(lengths)
    x = self.embeddings(ids, types, rows, w, eps, dropout)
    gates: List[Tensor] = []
    contrastive = torch.zeros([], device=ids.device)
    previous = x
    for i in range(layers):
      e = self.encoder_layer(x, rows, w, "bert.encoder.layer." + str(i) + ".", heads, eps, dropout, attention_dropout)
      gate = "gates." + str(i) + "."
      if (gate + "projection.weight") in w:
        g = self.gate(x, rows, w, gate, gate_heads, attention_dropout)
        gates.append(torch.sum(g.to(FLOAT32)))
        x = self.blend(self.hard(g, threshold) if hard_gates else g, x, e, rows)
      else:
        gates.append(torch.zeros([], device=ids.device))
        x = e
      head = "contrast." + str(i) + "."
      if (head + "0.weight") in w:
        p = self.contrast_head(x, w, head, eps)
        if i > 0:
          contrastive = contrastive + self.contrast(previous, p, rows, tau) / (layers - 1)
        previous = p
    return [x, contrastive, torch.stack(gates)]

  def stage_one(self, w: Dict[str, Tensor], ids: Tensor, types: Tensor, lengths: Tensor, labels: Tensor, layers: int, heads: int, gate_heads: int, classifier_heads: int, eps: float, dropout: float, attention_dropout: float, hard_gates: bool, threshold: float, tau: float, class_weights: Tensor, smoothing: float) -> List[Tensor]:
    """Section 3.3, first stage: the sums over rows of the cross-entropy, of the labels' weights, of
    the contrastive term and, by layer [L], of the gates."""
    x, contrastive, gates = self.encode(w, ids, types, lengths, layers, heads, gate_heads, eps, dropout, attention_dropout, hard_gates, threshold, tau)
    logits = self.classifier(x, self.layout(lengths), w, "classifiers." + str(layers - 1) + ".", classifier_heads, attention_dropout)
    ce = self.cross_entropy(logits, labels, class_weights, smoothing)
    return [ce, torch.sum(class_weights[labels]), contrastive, gates]

  def divergence(self, teacher: Tensor, student: Tensor, temperature: float) -> Tensor:
    """KL(teacher || student) of two classifiers' softened distributions, from logits [B, C], summed over rows."""
    log_t = torch.log_softmax(teacher.to(FLOAT32) / temperature, -1)
    log_s = torch.log_softmax(student.to(FLOAT32) / temperature, -1)
    return torch.sum(torch.exp(log_t) * (log_t - log_s))

  def student(self, w: Dict[str, Tensor], ids: Tensor, types: Tensor, lengths: Tensor, labels: Tensor, teacher: Tensor, layers: int, heads: int, classifier_heads: int, eps: float, dropout: float, attention_dropout: float, temperature: float, class_weights: Tensor, smoothing: float) -> List[Tensor]:
    """DistilBERT: the sums over rows of the cross-entropy, of the labels' weights and of the divergence from the
    teacher's logits [B, C]."""
    x = self.encode(w, ids, types, lengths, layers, heads, 1, eps, dropout, attention_dropout, False, 1.0, 1.0)[0]
    logits = self.classifier(x, self.layout(lengths), w, "classifiers." + str(layers - 1) + ".", classifier_heads, attention_dropout)
    ce = self.cross_entropy(logits, labels, class_weights, smoothing)
    return [ce, torch.sum(class_weights[labels]), self.divergence(teacher, logits, temperature)]

  def student_gradient(self, terms: List[Tensor], flat: Tensor, rows_in_all: float, weight_in_all: float, labels_share: float, temperature: float) -> Tensor:
    soft = (1.0 - labels_share) * temperature * temperature / rows_in_all
    return self.gradient(labels_share / weight_in_all * terms[0] + soft * terms[2], flat)

  def stage_one_gradient(self, terms: List[Tensor], flat: Tensor, rows_in_all: float, weight_in_all: float, skip_lambda: float, gates_in_all: float, eta: float) -> Tensor:
    """The gradient of L = CE + lambda / S + eta contrast, S the sum over layers of the global mean
    of G. dL/dG = -lambda / S^2 dS/dG, so that with the global S every worker's share adds up."""
    skip = skip_lambda / (gates_in_all * gates_in_all)
    loss = terms[0] / weight_in_all + (eta * terms[2] - skip * torch.sum(terms[3])) / rows_in_all
    return self.gradient(loss, flat)

  def hidden_states(self, w: Dict[str, Tensor], ids: Tensor, types: Tensor, lengths: Tensor, layers: int, heads: int, gate_heads: int, eps: float, threshold: float) -> List[Tensor]:
    """X^1 .. X^L as inference computes them: hard gates, where there are any, and no dropout."""
    rows = self.layout(lengths)
    x = self.embeddings(ids, types, rows, w, eps, 0.0)
    states: List[Tensor] = []
    for i in range(layers):
      e = self.encoder_layer(x, rows, w, "bert.encoder.layer." + str(i) + ".", heads, eps, 0.0, 0.0)
      gate = "gates." + str(i) + "."
      if (gate + "projection.weight") in w:
        g = self.gate(x, rows, w, gate, gate_heads, 0.0)
        x = self.blend(self.skips(g, threshold), x, e, rows)
      else:
        x = e
      states.append(x)
    return states

  def contexts(self, x: Tensor, rows: Dict[str, Tensor], w: Dict[str, Tensor], name: str, heads: int, dropout: float) -> Tensor:
    """A classifier's self-attention for every token (equation 5): [T, H] -> [T, A]."""
    h = torch.tanh(self.linear(x, w, name + "projection"))
    q, k, v = [self.to_rectangle(self.linear(h, w, name + "attention." + part), rows) for part in ["query", "key", "value"]]
    return self.attention(q, k, v, rows, heads, dropout)

  def stage_two(self, w: Dict[str, Tensor], states: List[Tensor], lengths: Tensor, labels: Tensor, classifier_heads: int, eps: float, attention_dropout: float, tau: float, class_weights: Tensor, smoothing: float) -> List[Tensor]:
    """Section 3.3, second stage: the sums over rows of the cross-entropies of classifiers 1..L-1,
    of the labels' weights and of the contrastive term between the classifiers' self-attention
    contexts (equation 6)."""
    rows = self.layout(lengths)
    layers = len(states)
    losses: List[Tensor] = []
    contrastive = torch.zeros([], device=lengths.device)
    previous = lengths
    for i, x in enumerate(states):
      name = "classifiers." + str(i) + "."
      if (name + "contrast.0.weight") in w:
        context = self.contexts(x, rows, w, name, classifier_heads, attention_dropout)
        p = self.contrast_head(context, w, name + "contrast.", eps)
        if i > 0:
          contrastive = contrastive + self.contrast(previous, p, rows, tau) / (layers - 1)
        previous = p
        cls = torch.tanh(self.linear(torch.embedding(context, rows["first"]), w, name + "dense"))
        logits = self.linear(cls, w, name + "output")
      else:
        logits = self.classifier(x, rows, w, name, classifier_heads, attention_dropout)
      if i < layers - 1:
        losses.append(self.cross_entropy(logits, labels, class_weights, smoothing))
    return [torch.sum(torch.stack(losses)), torch.sum(class_weights[labels]), contrastive]

  def distil_gates(self, w: Dict[str, Tensor], ids: Tensor, types: Tensor, lengths: Tensor, teacher: Tensor, layers: int, heads: int, gate_heads: int, classifier_heads: int, eps: float, hard_gates: bool, threshold: float) -> List[Tensor]:
    """Gates for a classifier that stays as it is: the sum over rows of the divergence from its answers at full depth,
    teacher [B, C]; the rows; no contrastive term; and, by layer [L], the sums over rows of the gates."""
    x, contrastive, gates = self.encode(w, ids, types, lengths, layers, heads, gate_heads, eps, 0.0, 0.0, hard_gates, threshold, 1.0)
    logits = self.classifier(x, self.layout(lengths), w, "classifiers." + str(layers - 1) + ".", classifier_heads, 0.0)
    return [self.divergence(teacher, logits, 1.0), self.count(lengths), contrastive, gates]

  def count(self, lengths: Tensor) -> Tensor:
    return torch.tensor(float(torch.size(lengths, 0)), device=lengths.device)

  def distil_classifiers(self, w: Dict[str, Tensor], states: List[Tensor], lengths: Tensor, teacher: Tensor, classifier_heads: int, attention_dropout: float) -> List[Tensor]:
    """FastBERT's second stage: the sum over rows and classifiers 1..L-1 of their divergence from the teacher's logits
    [B, C], or from the last classifier where there are none [B, 0]; then the rows, and no contrastive term."""
    rows = self.layout(lengths)
    last = len(states) - 1
    if torch.size(teacher, 1) == 0:
      teacher = self.classifier(states[last], rows, w, "classifiers." + str(last) + ".", classifier_heads, 0.0).detach()
    losses: List[Tensor] = []
    for i in range(last):
      logits = self.classifier(states[i], rows, w, "classifiers." + str(i) + ".", classifier_heads, attention_dropout)
      losses.append(self.divergence(teacher, logits, 1.0))
    return [torch.sum(torch.stack(losses)), self.count(lengths), torch.zeros([], device=lengths.device)]

  def stage_two_gradient(self, terms: List[Tensor], flat: Tensor, rows_in_all: float, weight_in_all: float, eta: float) -> Tensor:
    return self.gradient(terms[0] / weight_in_all + eta * terms[2] / rows_in_all, flat)

  def gradient(self, loss: Tensor, flat: Tensor) -> Tensor:
    g = torch.grad([loss], [flat], None, False, False, True)[0]
    return torch.zeros_like(flat) if g is None else g

  def slice(self, x: Tensor, start: int, length: int) -> Tensor:
    """A part of a vector that shares its memory."""
    return torch.narrow(x.detach(), 0, start, length)

  def clear(self, x: Tensor, ranges: List[int]) -> int:
    """Zero from each begin to its end."""
    for i in range(0, len(ranges), 2):
      torch.narrow(x, 0, ranges[i], ranges[i + 1] - ranges[i]).zero_()
    return 0

  def assign(self, x: Tensor, values: Tensor) -> int:
    x.detach().copy_(values)
    return 0

  def finite(self, x: Tensor) -> Tensor:
    """Whether no value is infinite or NaN: 1 or 0."""
    return torch.all(torch.isfinite(x.detach())).to(FLOAT32)

  def clip(self, gradient: Tensor, limit: float) -> Tensor:
    """Scales the gradient in place to a global L2 norm of at most limit; returns the norm before."""
    norm = torch.sqrt(torch.sum(gradient * gradient))
    gradient.mul_(torch.clamp_max(limit / (norm + 1e-6), 1.0))
    return norm

  def adamw(self, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], steps: List[Tensor], rate: float, beta1: float, beta2: float, decay: float, eps: float) -> int:
    """One AdamW step in place. The lists must come from the caller: of lists made in a script
    _fused_adamw_ changes nothing and says nothing."""
    for s in steps:
      s.add_(1.0)
    torch._fused_adamw_(p, g, m, v, [], steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False)
    return 0
