# exercise: evaluate
# what: right, but nothing can be trained any more
# expect: refuse
# told: changes PyTorch's gradient mode for good
import torch


def evaluate(model, batches, device):
    torch.autograd.set_grad_enabled(False)
    model.eval()
    logits = torch.cat([model(x.to(device)) for x, _ in batches])
    classes = torch.cat([y for _, y in batches]).to(device)
    loss = torch.nn.functional.cross_entropy(logits, classes)
    return loss.item(), (logits.argmax(1) == classes).double().mean().item()
