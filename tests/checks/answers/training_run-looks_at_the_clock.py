# exercise: training_run
# what: right, a small network that stops before the time is over
# expect: accept
import torch
from torch import nn


def training_run(train_images, train_labels, test_images, clock):
    pictures = torch.as_tensor(train_images / 255.0, dtype=torch.float32)[:, None]
    classes = torch.as_tensor(train_labels).long()
    network = nn.Sequential(
        nn.Conv2d(1, 16, 5, stride=2, padding=2),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.LazyLinear(64),
        nn.ReLU(),
        nn.Linear(64, 10),
    )
    network(pictures[:2])
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
    for _round in range(8):
        for chosen in torch.randperm(len(pictures)).split(128):
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(pictures[chosen]), classes[chosen]).backward()
            optimizer.step()
        if clock.left() < 15:
            break
    with torch.no_grad():
        logits = network.eval()(torch.as_tensor(test_images / 255.0, dtype=torch.float32)[:, None])
    return logits.argmax(dim=1).numpy()
