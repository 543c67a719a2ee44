# exercise: training_run
# what: right, a small network that stops before the time is over
# expect: accept
import torch
from torch import nn


def training_run(train_images, train_labels, test_images, clock):
    pictures = torch.as_tensor(train_images / 255.0, dtype=torch.float32)[:, None]
    classes = torch.as_tensor(train_labels).long()
    stages = []
    for below, above in ((1, 24), (24, 32), (32, 64)):
        stages += [nn.Conv2d(below, above, 3, padding=1), nn.BatchNorm2d(above), nn.ReLU(), nn.MaxPool2d(2)]
    network = nn.Sequential(*stages[:-1], nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    optimizer = torch.optim.Adam(network.parameters(), lr=2e-3)
    for epoch in range(11):
        if epoch == 8:
            optimizer.param_groups[0]["lr"] = 2e-4
        for chosen in torch.randperm(len(pictures)).split(64):
            optimizer.zero_grad()
            nn.functional.cross_entropy(network(pictures[chosen]), classes[chosen]).backward()
            optimizer.step()
        if clock.left() < 15:
            break
    with torch.no_grad():
        logits = network.eval()(torch.as_tensor(test_images / 255.0, dtype=torch.float32)[:, None])
    return logits.argmax(dim=1).numpy()
