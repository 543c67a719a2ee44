# exercise: evaluate
# what: leaves the batches where they are
# expect: refuse
# name: batches not moved to the device
import torch


def evaluate(model, batches, device):
    model.eval()
    loss, right, pictures = 0.0, 0, 0
    with torch.no_grad():
        for x, y in batches:
            logits = model(x)
            logarithms = logits.log_softmax(dim=1)
            loss -= logarithms.gather(1, y[:, None]).sum().item()
            right += (logits.argmax(1) == y).sum().item()
            pictures += y.numel()
    return loss / pictures, right / pictures
