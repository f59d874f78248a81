
  # Training. All trained parameters are one flat float32 vector, and so is their gradient, which is
  # the all-reduce buffer: both stay in their place for a whole stage, and so do the named views that
  # the methods below take. w: the leaves, views of the float32 vector or of its bfloat16 copy.
  # Every term is a SUM over the rows at hand; the caller divides by the rows of the global batch.

  def views(self, flat: Tensor, names: str, sizes: List[int], columns: List[int]) -> Dict[str, Tensor]:
    """Named views of a flat vector. columns: 0 for a vector, else the columns of a matrix."""
    w: Dict[str, Tensor] = {}
    begin = 0
    for i in range(len(sizes)):
      part = torch.narrow(flat.detach(), 0, begin, sizes[i])
      w[names.split(" ")[i]] = part if columns[i] == 0 else part.view([-1, columns[i]])
      begin += sizes[i]
    return w

  def tables(self) -> List[str]:
    """The look-up tables, whose gradient is that of their sum, added to the rows that occurred."""
    return ["bert.embeddings." + kind + "_embeddings.weight" for kind in ["word", "position", "token_type"]]

  def part_of(self, name: str) -> str:
    """What is differentiated at once: the number of a layer, the embeddings, or what the loss reads directly."""
    pieces = name.split(".")
    if name.startswith("bert.encoder.layer."):
      return pieces[3]
    if name.startswith("gates.") or name.startswith("contrast."):
      return pieces[1]
    return "embeddings" if name.startswith("bert.embeddings.") else "top"

  def weights(self, trained: Tensor, trained_names: str, trained_sizes: List[int], trained_columns: List[int], frozen: Tensor, frozen_names: str, frozen_sizes: List[int], frozen_columns: List[int], onednn: List[int]) -> Dict[str, Tensor]:
    """Trained leaves and frozen weights. onednn: pairs of rows and columns of the matrices whose products are oneDNN's."""
    w = self.views(trained, trained_names, trained_sizes, trained_columns)
    for name, x in w.items():
      x.requires_grad_(True)
    w.update(self.views(frozen, frozen_names, frozen_sizes, frozen_columns))
    tables = self.tables()
    marks: List[str] = []
    for name, x in w.items():
      for i in range(0, len(onednn), 2):
        if torch.size(x) == onednn[i:i + 2] and name not in tables:
          marks.append(name[:-len(".weight")] + ".onednn")
    for mark in marks:
      w[mark] = torch.zeros([0])
    return w

  def parts(self, w: Dict[str, Tensor], g: Dict[str, Tensor]) -> Dict[str, List[Tensor]]:
    """The leaves of each part, and where their gradients belong; those of the tables apart."""
    parts: Dict[str, List[Tensor]] = {}
    for name, target in g.items():
      if name not in self.tables():
        part = self.part_of(name)
        if (part + " leaves") not in parts:
          parts[part + " leaves"] = annotate(List[Tensor], [])
          parts[part + " gradients"] = annotate(List[Tensor], [])
        parts[part + " leaves"].append(w[name])
        parts[part + " gradients"].append(target)
    parts["tables gradients"] = annotate(List[Tensor], [])
    for name in self.tables():
      if name in g:
        parts["tables gradients"].append(g[name])
    return parts

  # The backward pass goes layer by layer, so that a layer's gradients are put where they belong
  # while they are in the caches, and never exist all at once.

  def grad(self, outputs: List[Tensor], gradients: List[Optional[Tensor]], inputs: List[Tensor]) -> List[Optional[Tensor]]:
    """Gradients of inputs from those of outputs; None where there is none."""
    y = annotate(List[Tensor], [])
    dy = annotate(List[Optional[Tensor]], [])
    for i, d in enumerate(gradients):
      if d is not None:
        y.append(outputs[i])
        dy.append(d)
    if len(y) > 0 and len(inputs) > 0:
      return torch.grad(y, inputs, dy, False, False, True)
    none = annotate(List[Optional[Tensor]], [])
    for x in inputs:
      none.append(None)
    return none

  def backward(self, outputs: List[Tensor], gradients: List[Optional[Tensor]], inputs: List[Tensor], parts: Dict[str, List[Tensor]], part: str, add: bool) -> List[Optional[Tensor]]:
    """Gradients of inputs. Those of a part's leaves are put where they belong, or added to what is there."""
    leaves = annotate(List[Tensor], [])
    targets = annotate(List[Tensor], [])
    if (part + " leaves") in parts:
      leaves = parts[part + " leaves"]
      targets = parts[part + " gradients"]
    found = self.grad(outputs, gradients, inputs + leaves)
    for i, target in enumerate(targets):
      d = found[len(inputs) + i]
      if d is None:
        if not add:
          target.zero_()
      elif add:
        target.add_(d)
      else:
        target.copy_(d)
    return found[:len(inputs)]

  def of_loss(self, loss: Tensor) -> List[Optional[Tensor]]:
    one = annotate(List[Optional[Tensor]], [])
    one.append(torch.ones_like(loss))
    return one

  def encoder_gradient(self, loss: Tensor, trail: List[Tensor], parts: Dict[str, List[Tensor]], add: bool) -> int:
    """The gradient of a loss that reads encode()'s results."""
    e = 3
    d = annotate(List[Optional[Tensor]], [])
    for x in trail:
      d.append(None)
    # From the loss to the last layer's state and all gates and projections, then down the layers.
    read: List[int] = [len(trail) - 3]
    for at in range(e + 2, len(trail), 3):
      read += [at + 1, at + 2]
    self.backward_to(d, trail, read, [loss], self.of_loss(loss), parts, "top", add)
    layers = (len(trail) - e - 2) // 3
    for j in range(layers):
      at = e + 2 + 3 * (layers - 1 - j)
      below = at - 3 if at > e + 2 else e + 1
      self.backward_to(d, trail, [below], trail[at:at + 3], d[at:at + 3], parts, str(layers - 1 - j), add)
    self.backward_to(d, trail, [e], trail[e + 1:e + 2], d[e + 1:e + 2], parts, "embeddings", add)
    for i, table in enumerate(parts["tables gradients"]):
      # Of the words' table, the caller has cleared the rows that are not 0.
      if i > 0 and not add:
        table.zero_()
      de = d[e]
      if de is not None:
        table.index_add_(0, trail[i], de.to(FLOAT32))
    return 0

  def backward_to(self, d: List[Optional[Tensor]], trail: List[Tensor], to: List[int], outputs: List[Tensor], gradients: List[Optional[Tensor]], parts: Dict[str, List[Tensor]], part: str, add: bool) -> int:
    """Sets d, the gradients of the trail, at the places named."""
    at: List[int] = []
    inputs = annotate(List[Tensor], [])
    for i in to:
      if trail[i].requires_grad:
        at.append(i)
        inputs.append(trail[i])
    found = self.backward(outputs, gradients, inputs, parts, part, add)
    for k, i in enumerate(at):
      d[i] = found[k]
    return 0

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

  def encode(self, w: Dict[str, Tensor], ids: Tensor, types: Tensor, lengths: Tensor, layers: int, heads: int, gate_heads: int, eps: float, dropout: float, attention_dropout: float, hard_gates: bool, count_hard: bool, threshold: float, tau: float) -> Tuple[Tensor, Tensor, Tensor, List[Tensor]]:
    """X^L; the sum over rows of the contrastive term; that of the gates, or with count_hard of what they are
    read as, by layer [L]; and the trail that
    encoder_gradient() follows back: the rows of the three tables, their sum, X^0, and for each layer its state,
    the sum of its gate and its projection. A network without gates executes every layer; one without contrast
    heads has no contrastive term."""
    rows = self.layout(lengths)
    positions = self.positions(ids, rows)
    summed = self.embedding_sum(ids, types, positions, w).detach()
    summed.requires_grad_(w[self.tables()[0]].requires_grad)
    x = self.embedding_norm(summed, w, eps, dropout)
    nothing = torch.zeros([], device=ids.device)
    trail = [ids, positions, types, summed, x]
    gates: List[Tensor] = []
    contrastive = nothing
    previous = x
    for i in range(layers):
      e = self.encoder_layer(x, rows, w, "bert.encoder.layer." + str(i) + ".", heads, eps, dropout, attention_dropout)
      gate = "gates." + str(i) + "."
      if (gate + "projection.weight") in w:
        g = self.gate(x, rows, w, gate, gate_heads, attention_dropout)
        used = self.hard(g, threshold) if hard_gates else g
        gates.append(torch.sum((used if count_hard else g).to(FLOAT32)))
        x = self.blend(used, x, e, rows)
      else:
        gates.append(nothing)
        x = e
      head = "contrast." + str(i) + "."
      p = nothing
      if (head + "0.weight") in w:
        p = self.contrast_head(x, w, head, eps)
        if i > 0:
          contrastive = contrastive + self.contrast(previous, p, rows, tau) / (layers - 1)
        previous = p
      # The last state under another name, so that its gradient can be told from that of its projection.
      trail += [x.view_as(x) if i == layers - 1 else x, gates[i], p]
    return (trail[len(trail) - 3], contrastive, torch.stack(gates), trail)

  def stage_one(self, w: Dict[str, Tensor], ids: Tensor, types: Tensor, lengths: Tensor, labels: Tensor, layers: int, heads: int, gate_heads: int, classifier_heads: int, eps: float, dropout: float, attention_dropout: float, hard_gates: bool, count_hard: bool, threshold: float, tau: float, class_weights: Tensor, smoothing: float) -> List[Tensor]:
    """Section 3.3, first stage: the sums over rows of the cross-entropy, of the labels' weights, of
    the contrastive term and, by layer [L], of the gates; then the trail."""
    x, contrastive, gates, trail = self.encode(w, ids, types, lengths, layers, heads, gate_heads, eps, dropout, attention_dropout, hard_gates, count_hard, threshold, tau)
    logits = self.classifier(x, self.layout(lengths), w, "classifiers." + str(layers - 1) + ".", classifier_heads, attention_dropout)
    ce = self.cross_entropy(logits, labels, class_weights, smoothing)
    return [ce, torch.sum(class_weights[labels]), contrastive, gates] + trail

  def divergence(self, teacher: Tensor, student: Tensor, temperature: float) -> Tensor:
    """KL(teacher || student) of two classifiers' softened distributions, from logits [B, C], summed over rows."""
    log_t = torch.log_softmax(teacher.to(FLOAT32) / temperature, -1)
    log_s = torch.log_softmax(student.to(FLOAT32) / temperature, -1)
    return torch.sum(torch.exp(log_t) * (log_t - log_s))

  def student(self, w: Dict[str, Tensor], ids: Tensor, types: Tensor, lengths: Tensor, labels: Tensor, teacher: Tensor, layers: int, heads: int, classifier_heads: int, eps: float, dropout: float, attention_dropout: float, temperature: float, class_weights: Tensor, smoothing: float) -> List[Tensor]:
    """DistilBERT: the sums over rows of the cross-entropy, of the labels' weights and of the divergence from the
    teacher's logits [B, C]; then the trail."""
    x, contrastive, gates, trail = self.encode(w, ids, types, lengths, layers, heads, 1, eps, dropout, attention_dropout, False, False, 1.0, 1.0)
    logits = self.classifier(x, self.layout(lengths), w, "classifiers." + str(layers - 1) + ".", classifier_heads, attention_dropout)
    ce = self.cross_entropy(logits, labels, class_weights, smoothing)
    return [ce, torch.sum(class_weights[labels]), self.divergence(teacher, logits, temperature)] + trail

  def student_gradient(self, terms: List[Tensor], parts: Dict[str, List[Tensor]], add: bool, rows_in_all: float, weight_in_all: float, labels_share: float, temperature: float) -> int:
    soft = (1.0 - labels_share) * temperature * temperature / rows_in_all
    return self.encoder_gradient(labels_share / weight_in_all * terms[0] + soft * terms[2], terms[3:], parts, add)

  def stage_one_gradient(self, terms: List[Tensor], parts: Dict[str, List[Tensor]], add: bool, rows_in_all: float, weight_in_all: float, skip_slope: float, eta: float) -> int:
    """The gradient of L = CE + P + eta contrast. skip_slope is the derivative of the skip penalty P by a layer's
    global mean of G, so that every worker's share adds up."""
    loss = terms[0] / weight_in_all + (eta * terms[2] + skip_slope * torch.sum(terms[3])) / rows_in_all
    return self.encoder_gradient(loss, terms[4:], parts, add)

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

  def stage_two(self, w: Dict[str, Tensor], states: List[Tensor], lengths: Tensor, labels: Tensor, classifier_heads: int, eps: float, attention_dropout: float, tau: float, from_last: bool, class_weights: Tensor, smoothing: float) -> List[Tensor]:
    """Section 3.3, second stage: the sums over rows of the cross-entropies of classifiers 1..L-1,
    of the labels' weights and of the contrastive term between the classifiers' self-attention
    contexts (equation 6). from_last: of the divergences from the last classifier in the cross-entropies' place, and
    of the rows in that of the labels' weights."""
    rows = self.layout(lengths)
    layers = len(states)
    target = states[layers - 1]
    if from_last:
      target = self.classifier(target, rows, w, "classifiers." + str(layers - 1) + ".", classifier_heads, 0.0).detach()
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
        if from_last:
          losses.append(self.divergence(target, logits, 1.0))
        else:
          losses.append(self.cross_entropy(logits, labels, class_weights, smoothing))
    weight = self.count(lengths) if from_last else torch.sum(class_weights[labels])
    return [torch.sum(torch.stack(losses)), weight, contrastive]

  def distil_gates(self, w: Dict[str, Tensor], ids: Tensor, types: Tensor, lengths: Tensor, teacher: Tensor, layers: int, heads: int, gate_heads: int, classifier_heads: int, eps: float, hard_gates: bool, count_hard: bool, threshold: float) -> List[Tensor]:
    """Gates for a classifier that stays as it is: the sum over rows of the divergence from its answers at full depth,
    teacher [B, C]; the rows; no contrastive term; and, by layer [L], the sums over rows of the gates; then the trail."""
    x, contrastive, gates, trail = self.encode(w, ids, types, lengths, layers, heads, gate_heads, eps, 0.0, 0.0, hard_gates, count_hard, threshold, 1.0)
    logits = self.classifier(x, self.layout(lengths), w, "classifiers." + str(layers - 1) + ".", classifier_heads, 0.0)
    return [self.divergence(teacher, logits, 1.0), self.count(lengths), contrastive, gates] + trail

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

  def stage_two_gradient(self, terms: List[Tensor], parts: Dict[str, List[Tensor]], add: bool, rows_in_all: float, weight_in_all: float, eta: float) -> int:
    loss = terms[0] / weight_in_all + eta * terms[2] / rows_in_all
    self.backward([loss], self.of_loss(loss), annotate(List[Tensor], []), parts, "top", add)
    return 0

  def cast(self, x: Tensor, dtype: int) -> Tensor:
    return x.detach().to(dtype)

  def clear(self, x: Tensor, ranges: List[int]) -> int:
    """Zero from each begin to its end."""
    for i in range(0, len(ranges), 2):
      torch.narrow(x, 0, ranges[i], ranges[i + 1] - ranges[i]).zero_()
    return 0

  def rows(self, x: Tensor, begin: int, end: int, columns: int) -> Tensor:
    """A part of a vector as a matrix that shares its memory."""
    return torch.narrow(x.detach(), 0, begin, end - begin).view([-1, columns])

  def gather(self, table: Tensor, rows: Tensor) -> Tensor:
    return torch.index_select(table, 0, rows)

  def scatter(self, table: Tensor, rows: Tensor, values: Tensor) -> int:
    table.index_copy_(0, rows, values)
    return 0

  def clear_rows(self, table: Tensor, rows: Tensor) -> int:
    table.index_fill_(0, rows, 0.0)
    return 0

  def assign(self, x: Tensor, values: Tensor) -> int:
    x.detach().copy_(values)
    return 0

  def product_error(self, rows: int, columns: int) -> Tensor:
    """How far oneDNN's product with a weight of this shape, or a gradient of it, is from libtorch's own, as a share
    of the largest value."""
    w: Dict[str, Tensor] = {}
    w["p.weight"] = self.sample(rows, columns)
    w["p.bias"] = self.sample(1, rows).view([rows])
    x = self.sample(37, columns)
    dy = annotate(List[Optional[Tensor]], [])
    dy.append(self.sample(37, rows))
    inputs = [x, w["p.weight"], w["p.bias"]]
    plain = self.plain_linear(x, w, "p")
    expected = self.grad([plain], dy, inputs)
    w["p.onednn"] = torch.zeros([0])
    product = self.plain_linear(x, w, "p")
    actual = self.grad([product], dy, inputs)
    error = self.relative_error(product, plain)
    for i, d in enumerate(actual):
      e = expected[i]
      if d is not None and e is not None:
        error = torch.maximum(error, self.relative_error(d, e))
    return error.detach()

  def sample(self, rows: int, columns: int) -> Tensor:
    return torch.sin(torch.arange(rows * columns, dtype=FLOAT32)).view([rows, columns]).requires_grad_(True)

  def relative_error(self, actual: Tensor, expected: Tensor) -> Tensor:
    return torch.max(torch.abs(actual - expected)) / torch.clamp_min(torch.max(torch.abs(expected)), 1e-30)

  # What passes over all parameters does so in chunks, so that what it needs besides them stays in
  # the caches.

  def finite(self, x: Tensor, chunk: int) -> Tensor:
    """Whether no value is infinite or NaN: 1 or 0."""
    n = torch.size(x, 0)
    for begin in range(0, n, chunk):
      if not bool(torch.all(torch.isfinite(torch.narrow(x.detach(), 0, begin, min(chunk, n - begin))))):
        return torch.zeros([])
    return torch.ones([])

  def norm(self, x: Tensor, chunk: int) -> Tensor:
    """The L2 norm; float32 within a chunk, float64 over them."""
    n = torch.size(x, 0)
    total = 0.0
    for begin in range(0, n, chunk):
      c = torch.narrow(x, 0, begin, min(chunk, n - begin))
      total += float(torch.dot(c, c))
    return torch.sqrt(torch.tensor(total, dtype=FLOAT64))

  def adamw(self, values: Tensor, gradient: Tensor, first: Tensor, second: Tensor, working: Tensor, begin: int, end: int, chunk: int, scratch: Tensor, p: List[Tensor], g: List[Tensor], m: List[Tensor], v: List[Tensor], steps: List[Tensor], scale: float, rate: float, beta1: float, beta2: float, decay: float, eps: float) -> int:
    """One AdamW step in place from begin to end with the gradient times scale, in one pass. working takes the new
    values in its own type. p, g, m and v hold any one tensor each: of lists made in a script _fused_adamw_ changes
    nothing and says nothing."""
    for s in steps:
      s.add_(1.0)
    for at in range(begin, end, chunk):
      n = min(chunk, end - at)
      p[0] = torch.narrow(values, 0, at, n)
      m[0] = torch.narrow(first, 0, at, n)
      v[0] = torch.narrow(second, 0, at, n)
      g[0] = torch.narrow(gradient, 0, at, n)
      if scale != 1.0:
        g[0] = torch.mul(g[0], scale, out=torch.narrow(scratch, 0, 0, n))
      torch._fused_adamw_(p, g, m, v, [], steps, lr=rate, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False)
      if working.dtype != values.dtype:
        torch.narrow(working, 0, at, n).copy_(p[0])
    return 0
