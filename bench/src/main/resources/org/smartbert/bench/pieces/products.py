  # The large products alone, in each precision, as the network's page calls them.

  def cast(self, x: Tensor, dtype: int) -> Tensor:
    return x.to(dtype)

  def pack(self, w: Tensor) -> Tensor:
    return ops.mkldnn._reorder_linear_weight(w, None)

  def pack_int8(self, w: Tensor) -> List[Tensor]:
    scale = torch.amax(torch.abs(w), [1]) / 127.0
    return [ops.onednn.qlinear_prepack(torch.round(w / scale.unsqueeze(1)).to(1), None), scale, torch.zeros_like(scale, dtype=3)]

  def steps(self, x: Tensor) -> Tensor:
    return torch.int_repr(torch.quantize_per_tensor(x, 0.04, 128, 13))

  def product(self, x: Tensor, w: Tensor, b: Tensor) -> Tensor:
    return ops.mkldnn._linear_pointwise(x, w, b, "none", [], "")

  def product_int8(self, x: Tensor, w: Tensor, scale: Tensor, zero: Tensor, b: Tensor) -> Tensor:
    return ops.onednn.qlinear_pointwise(x, 0.04, 128, w, scale, zero, b, 1.0, 0, 15, "none", [], "none")
