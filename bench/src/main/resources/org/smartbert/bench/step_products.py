  # The products of a training step alone, as the network's page makes them: forward, for the input
  # and for the weight, one after the other.

  def product(self, x: Tensor, w: Dict[str, Tensor], name: str) -> int:
    y = self.plain_linear(x, w, name)
    self.gradients(y, [x, w[name + ".weight"], w[name + ".bias"]])
    return 0

  def attention_products(self, q: Tensor, k: Tensor, v: Tensor) -> int:
    """q, k, v: [B, heads, N, head size]."""
    self.gradients(q @ k.transpose(2, 3) @ v, [q, k, v])
    return 0

  def gradients(self, y: Tensor, inputs: List[Tensor]) -> int:
    dy = annotate(List[Optional[Tensor]], [])
    dy.append(y.detach())
    return len(torch.grad([y], inputs, dy, False, False, False))

  def random(self, shape: List[int], dtype: int) -> Tensor:
    return (torch.randn(shape) * 0.02).to(dtype).requires_grad_(True)

  def step_products(self, w: Dict[str, Tensor], layers: int, x: Tensor, f: Tensor, p: Tensor, q: Tensor, k: Tensor, v: Tensor) -> int:
    """x [T, H], f [T, F] and p [T, A]: what the weights of each kind are multiplied with."""
    for i in range(layers):
      layer = "bert.encoder.layer." + str(i) + "."
      self.product(x, w, layer + "attention.self.qkv")
      self.attention_products(q, k, v)
      self.product(x, w, layer + "attention.output.dense")
      self.product(x, w, layer + "intermediate.dense")
      self.product(f, w, layer + "output.dense")
      self.product(x, w, "gates." + str(i) + ".projection")
      self.product(x, w, "contrast." + str(i) + ".0")
      self.product(p, w, "contrast." + str(i) + ".3")
    return 0
