"""What a service needs on AWS: from the model to a CloudFormation template and a Terraform module.

`service` says it once, in words of neither; `cloudformation` and `terraform` spell it.
"""

from .emit import files, problems

__all__ = ["files", "problems"]
