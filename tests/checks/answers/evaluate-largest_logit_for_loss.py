# exercise: evaluate
# what: gives the mean of the largest logits as the loss
# expect: refuse
# name: the largest logit for the loss
import torch


def evaluate(model, batches, device):
    model.eval()
    scores, hits = [], []
    with torch.no_grad():
        for pictures, classes in batches:
            best = torch.max(model(pictures.to(device)), dim=1)
            scores.append(best.values)
            hits.append(best.indices == classes.to(device))
    return torch.cat(scores).mean().item(), torch.cat(hits).float().mean().item()
